/// Text made safe for HTML, in elements and in quoted attributes.
enum HTMLText {
  /// Prose: a percent sign stays on the line of its number, and a negative number has a minus.
  static func escaped(_ text: String) -> String {
    let numbers = text.replacing(/(?<before>^|[\s(])-(?<digit>[0-9])/) { match in
      "\(match.output.before)\u{2212}\(match.output.digit)"
    }
    return verbatim(numbers).replacing(" %", with: "&nbsp;%")
  }

  /// What a reader may copy: character by character.
  static func verbatim(_ text: String) -> String {
    var safe = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      default: safe.unicodeScalars.append(character)
      }
    }
    return safe
  }

  static func element(_ name: String, _ text: String, attributes: String = "") -> String {
    "<\(name)\(attributes.isEmpty ? "" : " " + attributes)>\(escaped(text))</\(name)>"
  }

  /// Nothing where there are none.
  static func warnings(_ warnings: [String]) -> String {
    guard !warnings.isEmpty else { return "" }
    func list(_ warnings: ArraySlice<String>) -> String {
      let items = warnings.map { element("li", $0) }.joined(separator: "\n")
      return "<ul>\n\(items)\n</ul>"
    }
    let shown = warnings.count <= warningLimit + 1 ? warnings.count : warningLimit
    var text = list(warnings.prefix(shown))
    if shown < warnings.count {
      text +=
        "\n<details><summary>\(warnings.count - shown) more warnings</summary>\n"
        + list(warnings.dropFirst(shown)) + "\n</details>"
    }
    return "<div class=\"warnings\" role=\"note\" aria-label=\"Warnings\">\n\(text)\n</div>"
  }

  /// Further warnings are folded away, so that the answer stays in sight.
  private static let warningLimit = 4

  /// A table that scrolls sideways by itself where the page is narrow; see `HTMLTable`.
  static func table(caption: String, header: [String], rows: [[String]]) -> String {
    HTMLTable(caption: caption, header: header, rows: rows.map { $0.map { HTMLTable.Cell($0) } })
      .text
  }
}
