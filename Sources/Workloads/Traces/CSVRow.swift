/// The fields of one line of a CSV file, as ranges of its bytes.
///
/// Fields are parted by commas; one in double quotes may hold commas, and two quotes for one. A
/// field does not go on in the next line.
struct CSVRow {
  private(set) var fields: [Range<Int>] = []
  /// Positions of the fields that hold doubled quotes.
  private var escaped: [Int] = []

  /// Takes the line apart; nil if a quoted field does not end, or is followed by more than a comma.
  mutating func split(_ bytes: [UInt8], _ line: Range<Int>) -> Bool {
    fields.removeAll(keepingCapacity: true)
    escaped.removeAll(keepingCapacity: true)
    var start = line.lowerBound
    var index = start
    while index < line.upperBound {
      let byte = bytes[index]
      if byte == UInt8(ascii: ",") {
        fields.append(start..<index)
        start = index + 1
      } else if byte == UInt8(ascii: "\""), index == start {
        guard let end = quoted(bytes, index + 1..<line.upperBound) else { return false }
        index = end + 1
        guard index < line.upperBound else { return true }
        guard bytes[index] == UInt8(ascii: ",") else { return false }
        start = index + 1
      }
      index += 1
    }
    fields.append(start..<line.upperBound)
    return true
  }

  /// Appends the quoted field that starts at the front of `rest`; the position of its last quote.
  private mutating func quoted(_ bytes: [UInt8], _ rest: Range<Int>) -> Int? {
    var index = rest.lowerBound
    while index < rest.upperBound {
      if bytes[index] == UInt8(ascii: "\"") {
        guard index + 1 < rest.upperBound, bytes[index + 1] == UInt8(ascii: "\"") else {
          fields.append(rest.lowerBound..<index)
          return index
        }
        if escaped.last != fields.count { escaped.append(fields.count) }
        index += 1
      }
      index += 1
    }
    return nil
  }

  func hasDoubledQuotes(_ field: Int) -> Bool { escaped.contains(field) }

  func text(_ bytes: [UInt8], _ field: Int) -> String {
    let text = String(decoding: bytes[fields[field]], as: UTF8.self)
    return hasDoubledQuotes(field) ? text.replacing("\"\"", with: "\"") : text
  }
}
