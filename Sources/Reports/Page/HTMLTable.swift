/// A table that scrolls sideways by itself where the page is narrow, and says so (`TableScript`).
/// Columns in which no row has a value are left out; rows of policies can be picked out with their
/// charts.
struct HTMLTable {
  struct Cell {
    var text: String
    /// Below the text, smaller: an interval.
    var note = ""
    /// A class of the style sheet, such as `clear`.
    var style = ""
    /// Said before the text to those who do not see how it looks.
    var spoken = ""

    init(_ text: String, note: String = "", style: String = "", spoken: String = "") {
      self.text = text
      self.note = note
      self.style = style
      self.spoken = spoken
    }
  }

  var caption: String
  var header: [String]
  /// The first cell names its row.
  var rows: [[Cell]]
  /// Whether the first cells are names of policies.
  var namesPolicies = false
  /// Columns after the first that hold words, which begin at the left.
  var wordColumns: Set<Int> = []

  var text: String {
    let kept = header.indices.filter { column in
      rows.contains { $0[column].text != NumberText.none }
    }
    let head = kept.map { column in
      HTMLText.element("th", header[column], attributes: "scope=\"col\"" + words(column))
    }.joined()
    let body = rows.map { row in kept.map { cell(row[$0], column: $0) }.joined() }
    let lines = zip(rows, body).map { row, cells -> String in
      guard namesPolicies else { return "<tr>\(cells)</tr>" }
      return "<tr data-row=\"\(HTMLText.verbatim(row[0].text))\">\(cells)</tr>"
    }
    return """
      <div class="table" role="region" tabindex="0" aria-label="\(HTMLText.escaped(caption))">
      <table>
      <caption>\(HTMLText.element("span", caption))</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(lines.joined(separator: "\n"))
      </tbody>
      </table>
      </div>
      """
  }

  private func cell(_ cell: Cell, column: Int) -> String {
    guard column > 0 else {
      return HTMLText.element("th", cell.text, attributes: "scope=\"row\"")
    }
    let style = cell.style.isEmpty ? words(column) : " class=\"\(cell.style)\""
    let spoken =
      cell.spoken.isEmpty ? "" : HTMLText.element("span", cell.spoken, attributes: Self.hidden)
    let note = cell.note.isEmpty ? "" : HTMLText.element("small", cell.note)
    return "<td\(style)>\(spoken)\(HTMLText.escaped(cell.text))\(note)</td>"
  }

  private func words(_ column: Int) -> String {
    wordColumns.contains(column) ? " class=\"words\"" : ""
  }

  private static let hidden = "class=\"spoken\""
}
