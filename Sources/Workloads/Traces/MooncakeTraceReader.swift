internal import Quantities

/// A trace of Mooncake's (FAST 2025) in its JSON Lines form, read as a stream.
///
/// An object a line: `timestamp` in milliseconds from the start, `input_length`, `output_length`
/// and `hash_ids`, one id for each block of 512 tokens of the prompt, its last and partial one
/// included: that one names no whole block and is left out. Other keys are passed over.
public struct MooncakeTraceReader: TraceReader {
  /// Tokens of a block, by the format's definition.
  public static let blockTokens = 512

  private var lines: LineReader
  private var scanner = JSONScanner()
  private let keepsPartialBlocks: Bool
  private var rowCount = 0
  private var idCount = 0

  /// With `keepsPartialBlocks` ids are as recorded: for figures of the file, not for serving.
  public init(_ source: any ByteSource, keepsPartialBlocks: Bool = false) {
    lines = LineReader(source)
    self.keepsPartialBlocks = keepsPartialBlocks
  }

  public mutating func read(into entry: inout TraceEntry) throws -> Bool {
    guard try lines.advance(), try !onlyBlankLinesFollow() else {
      guard rowCount > 0 else {
        throw TraceError(
          line: 1, column: nil, problem: "the trace is empty",
          expectation: "an object a line, with timestamp, input_length and output_length")
      }
      return false
    }
    rowCount += 1
    scanner.load(lines.bytes, line: lines.lineNumber)
    try readRow(into: &entry)
    return true
  }

  private mutating func readRow(into entry: inout TraceEntry) throws {
    var time: Int128?
    var prompt: Int?
    var output: Int?
    var ids: [UInt64] = []
    ids.reserveCapacity(idCount)
    try scanner.object("a row of the trace") { scanner, key in
      if scanner.matches(key, "timestamp") {
        let number = try scanner.number("the timestamp in ms")
        time = DecimalText.ticks(scanner.bytes, number, unit: .milliseconds)
        guard time != nil else {
          throw scanner.isNot("a time ≥ 0 in ms", "the timestamp", at: number.lowerBound)
        }
      } else if scanner.matches(key, "input_length") {
        prompt = try scanner.whole("the prompt tokens")
      } else if scanner.matches(key, "output_length") {
        output = try scanner.whole("the output tokens")
      } else if scanner.matches(key, "hash_ids") {
        try scanner.blockIDs(into: &ids)
      } else {
        try scanner.skip()
      }
    }
    try scanner.end()
    guard let time, let prompt, let output else {
      let missing = time == nil ? "timestamp" : prompt == nil ? "input_length" : "output_length"
      throw TraceError(
        line: lines.lineNumber, column: nil, problem: "the row has no \(missing)",
        expectation: "timestamp, input_length and output_length")
    }
    idCount = ids.count
    if !keepsPartialBlocks, ids.count > prompt / Self.blockTokens {
      ids.removeLast(ids.count - prompt / Self.blockTokens)
    }
    entry.line = lines.lineNumber
    entry.time = SimTime(ticks: time)
    entry.head = TraceRow(promptTokens: prompt, outputTokens: output)
    var context = QueryContext()
    context.prefixBlockTokens = Self.blockTokens
    context.prefixBlockIDs = ids
    entry.head.query.context = context
  }

  private mutating func onlyBlankLinesFollow() throws -> Bool {
    guard lines.line.isEmpty else { return false }
    let blank = lines.lineNumber
    while try lines.advance() {
      guard lines.line.isEmpty else {
        throw TraceError(
          line: blank, column: nil, problem: "the line is empty", expectation: "an object")
      }
    }
    return true
  }
}

extension JSONScanner {
  /// Reads an array of block ids, all different and at most `PrefixBlockText.most`.
  mutating func blockIDs(into ids: inout [UInt64]) throws {
    let start = mark()
    try array("block ids") { scanner in
      let start = scanner.mark()
      guard ids.count < PrefixBlockText.most else {
        throw scanner.isNot("at most \(PrefixBlockText.most) ids", "block ids", at: start)
      }
      ids.append(UInt64(try scanner.whole("a block id", most: Int(Int32.max))))
    }
    var finder = RepeatFinder()
    if let index = finder.firstRepeat(in: ids) {
      throw isNot(
        "a list of different block ids: \(ids[index]) comes twice", "block ids", at: start)
    }
  }
}
