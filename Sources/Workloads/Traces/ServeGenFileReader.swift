internal import NumericalMethods
internal import Quantities

/// Reads the files of ServeGen's clients.
enum ServeGenFileReader {
  /// Most pieces of a medium, and most tokens of one, that a histogram may hold.
  private static let mostTokens = 10_000_000

  /// The windows of a client's `chunk-N-trace.csv`, which has no header: start in seconds, rate per
  /// second, coefficient of variation, family, shape, scale.
  static func windows(_ file: TraceFile) throws -> [ServeGenWindow] {
    var lines = LineReader(try file.open())
    var fields = CSVRow()
    var windows: [ServeGenWindow] = []
    while try lines.advance() {
      if lines.line.isEmpty { continue }
      func fail(_ problem: String, _ expectation: String) -> TraceError {
        TraceError(
          file: file.name, line: lines.lineNumber, column: nil, problem: problem,
          expectation: expectation)
      }
      guard fields.split(lines.buffer, lines.line), fields.fields.count == 6 else {
        throw fail("the row has \(fields.fields.count) columns", "6")
      }
      func number(_ field: Int) throws -> Double {
        guard let value = DecimalText.double(lines.buffer, fields.fields[field]), value >= 0 else {
          throw fail("column \(field + 1) is no number from 0 on", "a window of the client")
        }
        return value
      }
      let window = ServeGenWindow(
        start: try number(0), rate: try number(1),
        gaps: try gaps(fields.text(lines.buffer, 3), try number(4), fail))
      guard window.rate <= 1e9, window.start <= SyntheticSource.longestSeconds,
        window.start > windows.last?.start ?? -1
      else { throw fail("the window makes no sense", "rising starts, rates up to 1e9") }
      windows.append(window)
    }
    return windows
  }

  private static func gaps(
    _ family: String, _ shape: Double, _ fail: (String, String) -> TraceError
  ) throws -> UnitGapLaw {
    guard !family.isEmpty else { return .exponential }
    guard (1e-4...1e5).contains(shape) else {
      throw fail("the shape is \(shape)", "0.0001 to 100000")
    }
    switch family {
    case "Gamma": return .gamma(shape: shape)
    case "Weibull": return .weibull(shape: shape)
    default: throw fail("the family is \(TraceError.quote(family.utf8))", "Gamma, Weibull or none")
    }
  }

  /// The histograms of a client's `chunk-N-dataset.json`.
  static func lengths(_ file: TraceFile) throws -> ServeGenLengths {
    var windows: [(start: Double, histograms: [ServeGenLengths.Field: TokenHistogram])] = []
    var scanner = JSONScanner()
    do {
      scanner.load(try file.bytes()[...], line: 1)
      try scanner.object("a data set") { scanner, key in
        guard let start = Double(scanner.text(key)), start.isFinite, start >= 0 else {
          throw scanner.error(
            at: key.bytes.lowerBound, "the window is not named by its start", "seconds")
        }
        windows.append((start, try histograms(&scanner)))
      }
      try scanner.end()
    } catch var error as TraceError {
      error.file = file.name
      throw error
    }
    return ServeGenLengths(windows)
  }

  private static func histograms(
    _ scanner: inout JSONScanner
  ) throws -> [ServeGenLengths.Field: TokenHistogram] {
    var histograms: [ServeGenLengths.Field: TokenHistogram] = [:]
    try scanner.object("the histograms of a window") { scanner, key in
      guard let field = ServeGenLengths.Field(rawValue: scanner.text(key)) else {
        return try scanner.skip()
      }
      let text = try scanner.rawString("a histogram")
      guard let histogram = histogram(scanner.bytes, text) else {
        throw scanner.error(
          at: text.lowerBound, "the histogram cannot be read",
          "{TOKENS: PROBABILITY, …}, probabilities that add up to 1")
      }
      histograms[field] = histogram
    }
    return histograms
  }

  /// `{45: 0.0096, 46: 0.0117}`, as Python prints it; empty for `{}`.
  static func histogram(_ bytes: [UInt8], _ range: Range<Int>) -> TokenHistogram? {
    var histogram = TokenHistogram()
    guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "{"),
      bytes[range.upperBound - 1] == UInt8(ascii: "}")
    else { return nil }
    var index = range.lowerBound + 1
    let end = range.upperBound - 1
    func take(until mark: UInt8) -> Range<Int> {
      while index < end, bytes[index] == 0x20 { index += 1 }
      let start = index
      while index < end, bytes[index] != mark { index += 1 }
      defer { index += 1 }
      return start..<index
    }
    while index < end {
      guard let value = DecimalText.whole(bytes, take(until: UInt8(ascii: ":")), most: mostTokens),
        let share = DecimalText.share(bytes, take(until: UInt8(ascii: ",")))
      else { return nil }
      histogram.append(value, share)
    }
    guard histogram.isEmpty || abs(histogram.total - 1) < 1e-3 else { return nil }
    return histogram
  }
}

extension DecimalText {
  /// A number from 0 to 1, to about 15 digits; quicker than the library's exact reading.
  static func share(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
    var mantissa = 0.0
    var scale = 1.0
    var isFraction = false
    for index in range {
      let digit = bytes[index] &- 0x30
      if digit < 10 {
        mantissa = mantissa * 10 + Double(digit)
        if isFraction { scale *= 10 }
      } else if bytes[index] == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else {
        return double(bytes, range).flatMap { (0...1.001).contains($0) ? $0 : nil }
      }
    }
    let value = mantissa / scale
    return !range.isEmpty && value <= 1.001 ? value : nil
  }
}
