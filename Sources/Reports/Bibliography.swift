internal import Scenarios

/// The sources of the constants that a run used, as BibTeX: what to cite beside the program.
///
/// Calibration files name their sources in words, which become titles; arXiv numbers in them
/// become fields.
struct Bibliography {
  static let fileName = "sources.bib"

  let text: String

  init(_ sources: [CalibrationSource]) {
    let entries = sources.enumerated().map { Self.entry($0.offset + 1, $0.element) }
    text =
      "% Sources of the constants that this run used. Each note says what for.\n\n"
      + entries.joined(separator: "\n")
  }

  private static func entry(_ number: Int, _ source: CalibrationSource) -> String {
    var fields = [
      ("title", "{\(escaped(source.text))}"),
      ("note", escaped(source.uses.joined(separator: "; "))),
    ]
    if let eprint = arXivNumber(in: source.text) {
      fields.append(("eprint", eprint))
      fields.append(("archivePrefix", "arXiv"))
    }
    let lines = fields.map { "  \($0.0) = {\($0.1)}" }.joined(separator: ",\n")
    return "@misc{joulefleet-source-\(number),\n\(lines)\n}\n"
  }

  /// The first `2407.04014` that follows the word arXiv.
  private static func arXivNumber(in text: String) -> String? {
    text.firstMatch(of: /(?i)arxiv[: ]*([0-9]{4}\.[0-9]{4,5})/).map { String($0.output.1) }
  }

  /// Characters that TeX would take for its own.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&", "%", "$", "#", "_": escaped += "\\\(character)"
      case "{", "}": escaped += "\\\(character)"
      case "~": escaped += "\\textasciitilde{}"
      case "^": escaped += "\\textasciicircum{}"
      case "\\": escaped += "\\textbackslash{}"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
