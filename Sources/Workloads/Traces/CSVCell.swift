internal import Quantities

/// One field of a row of a trace in CSV form, waiting to be read as what its column says.
struct CSVCell {
  let column: TraceColumns.Column
  let bytes: [UInt8]
  /// Of the field, without quotes.
  let range: Range<Int>
  let line: Int
  let lineStart: Int
  let hasDoubledQuotes: Bool

  var isEmpty: Bool { range.isEmpty }

  var text: String {
    let text = String(decoding: bytes[range], as: UTF8.self)
    return hasDoubledQuotes ? text.replacing("\"\"", with: "\"") : text
  }

  /// The error that says what the field should have been.
  func isNot(_ what: String, _ expectation: String) -> TraceError {
    TraceError(
      line: line, column: range.lowerBound - lineStart + 1,
      problem: "\(TraceError.quote(bytes[range])) is not \(what)", expectation: expectation)
  }

  func tokens(_ kind: String) throws(TraceError) -> Int {
    guard let count = DecimalText.whole(bytes, range) else {
      throw isNot(
        "a count of \(kind) tokens", "a whole number from 0 to \(DecimalText.mostTokens)")
    }
    return count
  }

  func duration() throws(TraceError) -> SimDuration {
    guard let ticks = DecimalText.ticks(bytes, range, unit: column.unit) else {
      throw isNot("a time", "a number ≥ 0, in \(column.unit.rawValue), less than 100 years")
    }
    return SimDuration(ticks: ticks)
  }

  /// On the clock of the trace.
  func time() throws(TraceError) -> SimTime {
    guard column.unit == .timestamp else { return SimTime.zero + (try duration()) }
    guard let stamp = TraceTimestamp(bytes, range) else {
      throw isNot("a time", TraceTimestamp.format)
    }
    return SimTime(nanoseconds: stamp.nanoseconds)
  }

  /// A whole number as it is, a name by its hash (FNV-1a, 64 bit).
  var session: UInt64 {
    if let number = DecimalText.unsigned(bytes, range) { return number }
    return bytes[range].reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
  }

  func turn() throws(TraceError) -> Int {
    guard let turn = DecimalText.whole(bytes, range) else {
      throw isNot("a turn", "a whole number from 0 on")
    }
    return turn
  }

  func priority() throws(TraceError) -> Int {
    guard let priority = Int(text), abs(priority) <= 1_000_000_000 else {
      throw isNot("a priority", "a whole number; lower ones come first")
    }
    return priority
  }

  func difficulty() throws(TraceError) -> Double {
    guard let difficulty = DecimalText.double(bytes, range), difficulty > 0, difficulty < 1 else {
      throw isNot("a difficulty", "a number > 0 and < 1")
    }
    return difficulty
  }

  func isCorrect() throws(TraceError) -> Bool {
    switch text {
    case "1", "true": return true
    case "0", "false": return false
    default: throw isNot("a judgment", "1, 0, true or false")
    }
  }

  func taskIndex(in names: [String]) throws(TraceError) -> Int {
    guard let index = names.firstIndex(of: text) else {
      throw isNot("a task of the workload", "one of \(names.joined(separator: ", "))")
    }
    return index
  }

  func prefixBlockTokens() throws(TraceError) -> Int {
    let size = try tokens("prefix block")
    guard size > 0 else { throw isNot("the size of a block", "a whole number from 1 on") }
    return size
  }

  func prefixBlockIDs() throws(TraceError) -> [UInt64] {
    guard let ids = PrefixBlockText.ids(bytes, range) else {
      throw isNot(
        "a list of block ids",
        "numbers and ranges, parted by blanks, as 0-3 17 20-22; at most \(PrefixBlockText.most)")
    }
    var finder = RepeatFinder()
    if let index = finder.firstRepeat(in: ids) {
      throw isNot(
        "a list of different block ids: \(ids[index]) comes twice",
        "ids that tell each block from all others of its prompt")
    }
    return ids
  }
}
