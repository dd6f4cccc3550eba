internal import Foundation
internal import Scenarios

/// A table of comma-separated values with a header, read line by line; quotes as in RFC 4180,
/// but a cell does not go on in the next line.
struct LogCSV {
  let file: String
  /// Column names without blanks around them.
  private(set) var names: [String]

  /// Reads the header; nil where the file is empty.
  init?(header: ArraySlice<UInt8>, file: String) {
    self.file = file
    guard let cells = Self.cells(header), !cells.isEmpty else { return nil }
    names = cells.map { $0.replacing("\u{FEFF}", with: "") }
  }

  /// The first column of any of these names.
  func column(_ candidates: String...) -> Int? {
    for candidate in candidates {
      if let index = names.firstIndex(of: candidate) { return index }
    }
    return nil
  }

  /// The cells of one line, blanks around them removed; nil where a quoted cell does not end.
  static func cells(_ line: ArraySlice<UInt8>) -> [String]? {
    var cells: [String] = []
    var index = line.startIndex
    while true {
      while index < line.endIndex, line[index] == 32 { index += 1 }
      if index < line.endIndex, line[index] == UInt8(ascii: "\"") {
        guard let (text, next) = quoted(line, index + 1) else { return nil }
        cells.append(text)
        index = next
      } else {
        let end = line[index...].firstIndex(of: UInt8(ascii: ",")) ?? line.endIndex
        cells.append(String(decoding: LogNumber.trim(line[index..<end]), as: UTF8.self))
        index = end
      }
      guard index < line.endIndex else { return cells }
      guard line[index] == UInt8(ascii: ",") else { return nil }
      index += 1
    }
  }

  private static func quoted(_ line: ArraySlice<UInt8>, _ start: Int) -> (String, Int)? {
    var text: [UInt8] = []
    var index = start
    while index < line.endIndex {
      if line[index] == UInt8(ascii: "\"") {
        guard index + 1 < line.endIndex, line[index + 1] == UInt8(ascii: "\"") else {
          return (String(decoding: text, as: UTF8.self), index + 1)
        }
        index += 1
      }
      text.append(line[index])
      index += 1
    }
    return nil
  }

  /// Calls `body` with every line after the header that is not blank.
  static func forEachRow(
    of url: URL, file: String, _ body: (LogCSV, LogRow) throws -> Void
  ) throws {
    var table: LogCSV?
    try LogLines.forEach(in: url, file: file) { number, line in
      guard !LogNumber.trim(line).isEmpty else { return true }
      guard let header = table else {
        table = LogCSV(header: line, file: file)
        return table != nil
      }
      let place = LogPlace(file: file, line: number)
      guard let cells = cells(line) else {
        throw place.error("a quoted cell does not end", expected: "a closing quote and a comma")
      }
      guard cells.count == header.names.count else {
        throw place.error(
          "\(cells.count) cells", expected: "\(header.names.count), as in the header")
      }
      try body(header, LogRow(place: place, names: header.names, cells: cells))
      return true
    }
    guard table != nil else {
      throw LogPlace(file: file).error("the file is empty", expected: "a header and rows")
    }
  }
}

/// One row of a table with its place.
struct LogRow {
  let place: LogPlace
  let names: [String]
  let cells: [String]

  func text(_ column: Int?) -> String? {
    guard let column, !cells[column].isEmpty else { return nil }
    return cells[column]
  }

  /// The number in a column, nil where the table lacks it or the cell is empty.
  func number(_ column: Int?) throws -> Double? {
    guard let column, let text = text(column) else { return nil }
    guard let value = LogNumber.finite(text) else {
      throw place.error("\(names[column]) is \"\(text)\"", expected: "a number")
    }
    return value
  }

  /// A number > 0.
  func positive(_ column: Int?) throws -> Double? {
    guard let column, let value = try number(column) else { return nil }
    guard value > 0 else {
      throw place.error("\(names[column]) is \(cells[column])", expected: "a number > 0")
    }
    return value
  }
}
