import Quantities
import TestSupport
import Testing
import Workloads

struct TraceRulesTests {
  /// A row every second from second 0 on, its prompt its number and one.
  private static func rows(_ count: Int) -> CSVTraceReader {
    ownReader(
      "arrival_s,prompt_tokens,output_tokens\n"
        + (0..<count).map { "\($0),\($0 + 1),9\n" }.joined())
  }

  private func outcome(
    _ reader: some TraceReader, seed: UInt64 = 1, _ change: (inout TraceRules) -> Void
  ) throws -> (queries: [Query], tally: TraceTally) {
    var rules = TraceRules()
    change(&rules)
    var source = TraceSource(reader, rules: rules, seed: seed)
    let all = try queries(&source)
    return (all, try #require(source.tally))
  }

  @Test func `a window takes the rows from its start to before its end, and begins at time 0`()
    throws
  {
    let (all, tally) = try outcome(Self.rows(100)) {
      $0.from = SimDuration(rounding: 10)
      $0.until = SimDuration(rounding: 13)
    }
    #expect(all.map(\.promptTokens) == [11, 12, 13])
    #expect(all.map(\.arrival.seconds) == [0, 1, 2] && all.map(\.id) == [0, 1, 2])
    #expect(tally.rows == 13 && tally.outsideWindow == 10 && tally.queries == 3)
  }

  @Test func `speed-up divides the times, a limit ends the stream`() throws {
    let (all, tally) = try outcome(Self.rows(100)) {
      $0.speedup = 3
      $0.limit = 4
    }
    #expect(all.map(\.arrival.nanoseconds) == [0, 333_333_333, 666_666_667, 1_000_000_000])
    #expect(tally.rows == 4 && tally.queries == 4)
  }

  @Test func `thinning keeps a share that the seed decides`() throws {
    func kept(_ seed: UInt64, _ share: Double) throws -> [Int] {
      try outcome(Self.rows(4000), seed: seed) { $0.keptShare = share }.queries
        .map(\.promptTokens)
    }
    let first = try kept(1, 0.3)
    let deviation: Double = 840.0.squareRoot()  // of 4000 draws at 0.3
    #expect(abs(Double(first.count) - 1200) < 4 * deviation)
    #expect(try kept(1, 0.3) == first)
    #expect(try kept(2, 0.3) != first)
    #expect(Set(try kept(1, 0.1)).isSubset(of: first), "a smaller share is a part of a larger")
    #expect(try outcome(Self.rows(4000)) { $0.keptShare = 0.3 }.tally.thinned == 4000 - first.count)
  }

  static let zeros = """
    arrival_s,prompt_tokens,output_tokens
    0,0,0
    1,5,0
    2,0,6
    3,7,8
    """

  @Test func `rows without tokens are dropped and counted, or taken with one`() throws {
    let dropped = try outcome(ownReader(Self.zeros)) { _ in }
    #expect(dropped.queries.map(\.promptTokens) == [7] && dropped.queries[0].id == 0)
    #expect(dropped.tally.withoutPrompt == 2 && dropped.tally.withoutOutput == 1)
    let raised = try outcome(ownReader(Self.zeros)) { $0.zeroTokens = .one }
    #expect(raised.queries.map(\.promptTokens) == [1, 5, 1, 7])
    #expect(raised.queries.map(\.recordedOutputTokens) == [1, 1, 6, 8])
    #expect(raised.tally.raisedToOneToken == 3 && raised.tally.queries == 4)
  }

  @Test func `nothing left is an error that says why`() {
    let text = "arrival_s,prompt_tokens,output_tokens\n0,0,0\n1,5,0"
    let error = #expect(throws: WorkloadError.self) { try queries(ownReader(text)) }
    #expect(error?.problem.contains("of 2 rows") == true)
    #expect(error?.problem.contains("2 without tokens") == true)
  }

  @Test func `long rows are cut and counted, with their blocks`() throws {
    let text = """
      arrival_s,prompt_tokens,output_tokens,prefix_block_tokens,prefix_block_ids
      0,100,50,16,1-6
      1,10,5,16,
      """
    let (all, tally) = try outcome(ownReader(text)) {
      $0.maxPromptTokens = 40
      $0.maxOutputTokens = 20
    }
    #expect(all.map(\.promptTokens) == [40, 10] && all.map(\.recordedOutputTokens) == [20, 5])
    #expect(all[0].context.prefixBlockIDs == [1, 2])
    #expect(tally.cappedPrompts == 1 && tally.cappedOutputs == 1)
  }

  @Test func `rows are sorted within the buffer, ties in the order of the file`() throws {
    let text =
      "arrival_s,prompt_tokens,output_tokens\n"
      + [(3, 1), (1, 2), (2, 3), (2, 4), (5, 5), (4, 6)].map { "\($0.0),\($0.1),1\n" }.joined()
    let (all, tally) = try outcome(ownReader(text)) { $0.outOfOrder = .sort }
    #expect(all.map(\.promptTokens) == [2, 3, 4, 1, 6, 5])
    #expect(tally.reordered == 4)
    let error = #expect(throws: TraceError.self) {
      try outcome(ownReader(text)) {
        $0.outOfOrder = .sort
        $0.sortBufferRows = 1
      }
    }
    #expect(error?.line == 3 && error?.problem.contains("more than 1 row too late") == true)
  }

  @Test func `rows of a coarse clock are spread within their tick, in order`() throws {
    // Ticks of 3 s, stamps off by up to 2 ms, ten rows each.
    let text =
      "arrival_ms,prompt_tokens,output_tokens\n"
      + (0..<500).map { "\($0 / 10 * 3000 + ($0 / 10 % 3)),\($0 + 1),1\n" }.joined()
    for spread in [TraceRules.Spread.detectedTick, .tick(SimDuration(rounding: 3))] {
      let (all, tally) = try outcome(ownReader(text)) { $0.spread = spread }
      #expect(all.map(\.promptTokens) == Array(1...500))
      for query in all {
        let tick = Double(query.promptTokens - 1) / 10
        #expect(
          (tick.rounded(.down) * 3..<tick.rounded(.down) * 3 + 3).contains(query.arrival.seconds))
        #expect(query.arrival.ticks % 1_024_000 == 0, "whole nanoseconds")
      }
      #expect(tally.spread == 500 && tally.tick == SimDuration(rounding: 3))
      let offsets = all.map { $0.arrival.seconds.truncatingRemainder(dividingBy: 3) }
      let mean = offsets.reduce(0, +) / 500
      #expect(abs(mean - 1.5) < 4 * (0.75 / 500.0).squareRoot())
    }
    let other = try outcome(ownReader(text), seed: 2) { $0.spread = .detectedTick }.queries
    let same = try outcome(ownReader(text), seed: 1) { $0.spread = .detectedTick }.queries
    #expect(other.map(\.arrival) != same.map(\.arrival))
  }

  @Test func `a fine clock has no tick to spread over`() throws {
    let text =
      "arrival_ms,prompt_tokens,output_tokens\n" + (0..<50).map { "\($0 * 37),1,1\n" }.joined()
    let error = #expect(throws: TraceError.self) {
      try outcome(ownReader(text)) { $0.spread = .detectedTick }
    }
    #expect(error?.problem.contains("show no clock tick") == true)
  }

  @Test(arguments: [(1.0, 1), (3, 3), (60, 60), (0.5, 0.5)] as [(Double, Double)])
  func `the longest tick that fits is found`(step: Double, expected: Double) {
    var clock = ClockTick()
    for number in 0..<40 { clock.record(SimTime(rounding: Double(number * number) * step)) }
    #expect(clock.tick == SimDuration(rounding: expected))
    var short = ClockTick()
    for number in 0..<9 { short.record(SimTime(rounding: Double(number) * step)) }
    #expect(short.tick == nil, "too little was seen")
  }

  @Test func `a trace without arrivals starts at a rate`() throws {
    let text = "prompt_tokens,output_tokens\n" + String(repeating: "5,6\n", count: 4000)
    #expect(throws: TraceError.self) { try outcome(ownReader(text)) { _ in } }
    let all = try outcome(ownReader(text)) { $0.sessionsPerSecond = 8 }.queries
    let span = try #require(all.last).arrival.seconds
    #expect(abs(span - 500) < 4 * 500 / 4000.0.squareRoot())
    #expect(throws: TraceError.self) { try outcome(Self.rows(3)) { $0.sessionsPerSecond = 1 } }
  }

  static let session = """
    arrival_s,think_s,prompt_tokens,output_tokens,session,prefix_block_tokens,prefix_block_ids
    0,,64,5,1,16,1-4
    ,1,80,0,1,16,1-5
    ,2,96,7,1,16,1-6
    ,4,32,8,1,16,1 2
    9,,10,9,2,,
    """

  @Test func `a dropped turn leaves its think time and its blocks to the next`() throws {
    let (all, tally) = try outcome(ownReader(Self.session)) { _ in }
    #expect(all.map(\.promptTokens) == [64, 96, 32, 10])
    #expect(all.map(\.id) == [0, 1, 2, 3] && tally.withoutOutput == 1)
    #expect(all.map(\.arrival.seconds) == [0, 3, 7, 9])
    #expect(all[1].context.prefixBlockIDs == [1, 2, 3, 4, 5, 6])
    #expect(all[2].context.prefixBlockIDs == [1, 2])
  }

  @Test func `a session that loses its first turn begins with the next`() throws {
    let text = Self.session.replacing("0,,64,5", with: "0,,64,0")
    let all = try outcome(ownReader(text)) { _ in }.queries
    #expect(all.map(\.promptTokens) == [96, 32, 10])
    #expect(all[0].arrival == .zero && all[0].context.prefixBlockIDs == [1, 2, 3, 4, 5, 6])
  }

  @Test func `a limit cuts a session, thinning takes it whole, speed-up leaves think times`() throws
  {
    let cut = try outcome(ownReader(Self.session)) {
      $0.limit = 2
      $0.zeroTokens = .one
    }
    #expect(cut.queries.map(\.promptTokens) == [64, 80] && cut.tally.beyondLimit == 2)
    let fast = try outcome(ownReader(Self.session)) { $0.speedup = 9 }.queries
    #expect(fast.map(\.arrival.seconds) == [0, 3, 7, 1])
    for seed in 0..<20 as Range<UInt64> {
      var rules = TraceRules()
      rules.keptShare = 0.5
      var source = TraceSource(ownReader(Self.session), rules: rules, seed: seed)
      guard let kept = try? queries(&source) else { continue }
      #expect([3, 4, 1].contains(kept.count))
    }
  }
}
