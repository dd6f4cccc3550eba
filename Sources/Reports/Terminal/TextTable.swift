/// A table in fixed-width text: the first column to the left, the others to the right.
struct TextTable {
  var rows: [[String]]
  /// Whether the other columns stand to the left too.
  var leftAligned = false

  /// Lines without trailing blanks.
  func lines() -> [String] {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 || leftAligned ? text + padding : padding + text
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
