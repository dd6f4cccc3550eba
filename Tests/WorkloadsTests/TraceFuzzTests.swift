import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

/// A trace format with a valid text of it, and how it is read.
struct FuzzedFormat: Sendable, CustomTestStringConvertible {
  var name: String
  var text: String
  var reader: @Sendable (ByteArraySource) throws -> any TraceReader
  /// Of a thousand mutants more than so many must be read.
  var leastWhole = 20

  var testDescription: String { name }

  static let all: [FuzzedFormat] = [
    FuzzedFormat(
      name: "Azure",
      text: (["TIMESTAMP,ContextTokens,GeneratedTokens"]
        + (0..<6).map { "2023-11-16 18:15:4\($0).680590\($0),\(370 + $0),4\($0)" })
        .joined(separator: "\r\n")
    ) { CSVTraceReader($0, columns: .azure) },
    FuzzedFormat(
      name: "own CSV",
      text: """
        arrival_s,think_s,prompt_tokens,output_tokens,session,timeout_s,prefix_block_ids
        0.5,,100,5,"a, b",,1-6
        ,2.5,150,6,"a, b",9,1-6 9 10
        4,,10,8,,1e1,
        """
    ) { CSVTraceReader($0, columns: .own) },
    FuzzedFormat(
      name: "BurstGPT",
      text: """
        Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
        5,ChatGPT,472,18,490,Conversation log
        45,GPT-4,7,0,7,API log
        46,GPT-4,9,9,18,API log
        """
    ) { CSVTraceReader($0, columns: .burstGPT) },
    FuzzedFormat(name: "Mooncake", text: MooncakeTraceTests.trace) { MooncakeTraceReader($0) },
    FuzzedFormat(name: "agentic", text: AgenticTraceTests.session) { source in
      AgenticTraceReader([TraceFile(name: "s.json") { source }])
    },
    FuzzedFormat(name: "ServeGen arrivals", text: ServeGenTests.arrivals) { source in
      try ServeGenReader(
        [
          ServeGenFiles(
            arrivals: TraceFile(name: "a.csv") { source },
            lengths: TraceFile(name: "l.json") { ByteArraySource(ServeGenTests.lengths) })
        ], seed: 1)
    },
    FuzzedFormat(name: "ServeGen lengths", text: ServeGenTests.lengths) { source in
      try ServeGenReader(
        [
          ServeGenFiles(
            arrivals: TraceFile(name: "a.csv") { ByteArraySource(ServeGenTests.arrivals) },
            lengths: TraceFile(name: "l.json") { source })
        ], seed: 1)
    },
  ]
}

/// Traces broken at random: whatever the bytes, the reader gives rows or says what is wrong.
struct TraceFuzzTests {
  /// Bytes that traces are made of, and some that they never hold.
  static let alphabet = Array("0123456789,-:.T \r\n+xe\"{}[]\\".utf8) + [0, 0x80, 0xC3, 0xEF, 0xFF]

  /// One to three edits of the text.
  private func mutant(_ text: String, _ random: inout SplitMix64) -> [UInt8] {
    func draw(_ bound: Int) -> Int { .random(in: 0..<bound, using: &random) }
    var bytes = Array(text.utf8)
    for _ in 0...draw(3) {
      let position = draw(bytes.count + 1)
      let byte = Self.alphabet[draw(Self.alphabet.count)]
      let end = min(bytes.count, position + draw(40))
      switch draw(6) {
      case 0: bytes.insert(byte, at: position)
      case 1: if position < bytes.count { bytes[position] = byte }
      case 2: bytes.removeSubrange(position..<end)
      case 3: bytes.insert(contentsOf: bytes[position..<end], at: draw(bytes.count + 1))
      case 4:
        if let digit = bytes[position...].firstIndex(where: { (0x30...0x39).contains($0) }) {
          bytes[digit] = 0x30 + UInt8(draw(10))
        }
      default: bytes.removeSubrange(position...)
      }
    }
    return bytes
  }

  /// Reads at most 200 queries under rules drawn at random; they must be in order.
  private func read(_ reader: any TraceReader, _ random: inout SplitMix64) throws {
    var rules = TraceRules()
    rules.limit = 200
    rules.sortBufferRows = 50
    if random.oneIn(2) { rules.zeroTokens = .one }
    if random.oneIn(2) { rules.outOfOrder = .sort }
    if random.oneIn(4) { rules.spread = .tick(SimDuration(rounding: 1)) }
    if random.oneIn(4) { rules.keptShare = 0.7 }
    if random.oneIn(4) { rules.maxPromptTokens = 20 }
    if reader is AgenticTraceReader { rules.sessionsPerSecond = 1 }
    var source = TraceSource(reader, rules: rules, seed: 3)
    var next: UInt64 = 0
    var last = SimTime.zero
    try source.forEachTurn { query, think in
      #expect(query.id == next && query.promptTokens > 0)
      #expect((query.recordedOutputTokens ?? 0) > 0 && (think ?? .zero) >= .zero)
      if think == nil {
        #expect(query.arrival >= last)
        last = query.arrival
      }
      next += 1
    }
    #expect(next > 0)
  }

  @Test(arguments: FuzzedFormat.all)
  func `a thousand broken traces give rows in order or an error with its place`(
    format: FuzzedFormat
  ) throws {
    var outcomes = (whole: 0, faulty: 0)
    try forEverySeed(1_000) { seed, random in
      let bytes = mutant(format.text, &random)
      let lineCount = bytes.count { $0 == 0x0A } + 1
      do {
        let source = ByteArraySource(bytes, pieceSize: 1 + Int(seed % 97))
        try read(try format.reader(source), &random)
        outcomes.whole += 1
      } catch let error as TraceError {
        #expect((1...max(lineCount, 4) + 1).contains(error.line), "\(error)")
        #expect(!error.problem.isEmpty && !error.expectation.isEmpty)
        outcomes.faulty += 1
      } catch is WorkloadError {
        outcomes.faulty += 1  // the rules leave nothing
      }
    }
    // Both happen often, or the mutations test nothing.
    #expect(outcomes.whole > format.leastWhole && outcomes.faulty > 200, "\(outcomes)")
  }

  @Test(arguments: FuzzedFormat.all)
  func `random bytes are an error, never a trap`(format: FuzzedFormat) throws {
    forEverySeed(300) { _, random in
      let count = Int.random(in: 0...300, using: &random)
      let bytes = (0..<count).map { _ in
        random.oneIn(3)
          ? UInt8.random(in: 0...255, using: &random)
          : Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &random)]
      }
      do {
        try read(try format.reader(ByteArraySource(bytes)), &random)
      } catch {
        #expect(error is TraceError || error is WorkloadError, "\(error)")
      }
    }
  }

  @Test(arguments: FuzzedFormat.all)
  func `a valid text cut anywhere is read or refused`(format: FuzzedFormat) throws {
    let bytes = Array(format.text.utf8)
    var random = SplitMix64(seed: 9)
    for length in stride(from: 0, through: bytes.count, by: 3) {
      do {
        try read(try format.reader(ByteArraySource(bytes[..<length])), &random)
      } catch {
        #expect(error is TraceError || error is WorkloadError, "\(error)")
      }
    }
  }
}
