/// Text made safe for HTML, in elements and in quoted attributes.
///
/// A percent sign stays on the line of its number.
enum HTMLText {
  static func escaped(_ text: String) -> String {
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
    return safe.replacing(" %", with: "&nbsp;%")
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

  /// A table that scrolls sideways by itself where the page is narrow. Columns in which no row
  /// has a value are left out.
  static func table(caption: String, header: [String], rows: [[String]]) -> String {
    let kept = header.indices.filter { column in
      rows.contains { $0[column] != NumberText.none }
    }
    let header = kept.map { header[$0] }
    let rows = rows.map { row in kept.map { row[$0] } }
    let head = header.map { element("th", $0, attributes: "scope=\"col\"") }.joined()
    let body = rows.map { row in
      let first = element("th", row.first ?? "", attributes: "scope=\"row\"")
      return "<tr>" + first + row.dropFirst().map { element("td", $0) }.joined() + "</tr>"
    }
    return """
      <div class="table" role="region" tabindex="0" aria-label="\(escaped(caption))">
      <table>
      \(element("caption", caption))
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody>
      </table>
      </div>
      """
  }
}
