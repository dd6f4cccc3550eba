import DeviceModels
import FleetEngine
import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

/// Each serving rule on the smallest case that shows it, counted by hand; iterations take 10 ticks.
struct ServingRulesTests {
  private static let clockwork = ConstantIterationModel(
    duration: SimDuration(ticks: 10), energy: Energy(quanta: 1_003))

  /// A case, served by the engine and by the reference alike.
  private func serveBoth(
    _ queries: [Query], outputs: [Int], device: any IterationModel = Self.clockwork,
    limits: EngineLimits = .roomy(),
    arrivals: ArrivalMode = .open, window: MeasurementWindow = .wholeRun,
    followUps: [UInt64: ListSource.FollowUp] = [:], rules: (inout EngineRules) -> Void = { _ in }
  ) throws -> FinishedRun {
    var fleet = FleetConfiguration.single(
      device, limits: limits, window: window, arrivals: arrivals)
    rules(&fleet.pools[0].rules)
    let answers = FixedAnswers(outputTokens: outputs)
    let run = try serve(queries, followUps: followUps, on: fleet, answers: answers)
    let reference = try ReferenceSimulator(fleet: fleet, answers: answers, policy: TakeTurns())
      .run(ListSource(queries, followUps: followUps))
    #expect(differences(between: run, and: reference) == [])
    return run
  }

  private func queries(
    at arrivals: [Int128], prompts: [Int], _ change: (Int, inout Query) -> Void = { _, _ in }
  ) -> [Query] {
    TestSupport.queries(at: arrivals, promptTokens: prompts).enumerated().map { index, query in
      var query = query
      change(index, &query)
      return query
    }
  }

  // MARK: Giving up

  private typealias Limits = (timeout: Int?, patience: Int?, outcome: RequestOutcome)

  private static let limits: [Limits] = [
    (35, nil, .timedOut), (nil, 35, .cancelled), (35, 35, .timedOut), (35, 34, .cancelled),
    (31, 90, .timedOut), (40, nil, .timedOut),
  ]

  @Test(arguments: limits.indices)
  func `is given up at the first boundary after its time is up`(index: Int) throws {
    let (timeout, patience, outcome) = Self.limits[index]
    let query = queries(at: [0], prompts: [5]) { _, query in
      query.context.timeout = timeout.map { SimDuration(ticks: Int128($0)) }
      query.context.patience = patience.map { SimDuration(ticks: Int128($0)) }
    }
    let record = try serveBoth(query, outputs: [100])[0]
    #expect(record.outcome == outcome)
    #expect(record.end.ticks == 40)
    #expect(record.outputTokens == 4)
    #expect(record.timePerOutputToken == nil)
    // What ends at the boundary has ended: it is not given up.
    let inTime = try serveBoth(query, outputs: [4])
    #expect(inTime[0].outcome == .completed)
    #expect(inTime.result.end.ticks == 40)
  }

  @Test func `what waits is given up too, and bears nothing`() throws {
    let query = queries(at: [0, 3], prompts: [5, 5]) { index, query in
      if index == 1 { query.context.timeout = SimDuration(ticks: 20) }
    }
    let run = try serveBoth(query, outputs: [10, 10], limits: .roomy(rows: 1))
    #expect(run[1].outcome == .timedOut)
    #expect(run[1].end.ticks == 30)
    #expect(run[1].firstScheduled == .never)
    #expect(run[1].energy == .zero)
    #expect(run.result.requests.timedOut == 1)
  }

  @Test func `a query without any time leaves as it arrives, and what follows it comes at once`()
    throws
  {
    // On an idle replica, on a busy one at a boundary and between two.
    for (arrival, end) in [(0, 0), (3, 3), (20, 20), (25, 30)] as [(Int128, Int128)] {
      let query = queries(at: [10, arrival], prompts: [5, 5]) { index, query in
        if index == 1 { query.context.patience = .zero }
      }.sorted { $0.arrival < $1.arrival }
      let renumbered = query.enumerated().map { index, query in
        var query = query
        query.id = UInt64(index)
        return query
      }
      let hasty = UInt64(arrival < 10 ? 0 : 1)
      let next = Query(id: 2, arrival: .zero, task: 0, promptTokens: 5)
      let run = try serveBoth(
        renumbered, outputs: [4, 4, 4], followUps: [hasty: .init(next, after: .zero)])
      #expect(run[hasty].outcome == .cancelled)
      #expect(run[hasty].end.ticks == end)
      #expect(run[hasty].firstScheduled == .never)
      #expect(run[hasty].energy == .zero)
      #expect(run[2].arrival.ticks == end)
    }
  }

  @Test func `a closed loop of queries without any time ends at once`() throws {
    let query = queries(at: [0, 0, 0], prompts: [5, 5, 5]) { _, query in
      query.context.timeout = .zero
    }
    let run = try serveBoth(
      query, outputs: [4, 4, 4], arrivals: .closedLoop(concurrencyPerReplica: 2))
    #expect(run.records.map(\.outcome) == [.timedOut, .timedOut, .timedOut])
    #expect(run.result.end == .zero)
    #expect(run.result.iterations == 0)
  }

  // MARK: Order

  @Test func `waiting requests are admitted in the order of the rule`() throws {
    func order(_ rule: SchedulingOrder) throws -> [UInt64] {
      let query = queries(at: [0, 1, 2, 2], prompts: [5, 9, 7, 7]) { index, query in
        query.priority = [0, 4, 7, 3][index]
      }
      return try serveBoth(query, outputs: [3, 3, 3, 3], limits: .roomy(rows: 1)) {
        $0.order = rule
      }.records.map(\.id)
    }
    #expect(try order(.firstComeFirstServed) == [0, 1, 2, 3])
    #expect(try order(.priority) == [0, 3, 1, 2])
    #expect(try order(.shortestPrompt) == [0, 2, 3, 1])
  }

  /// Both need a fifth block at 50; four are there.
  @Test func `the last admitted is preempted, or the least urgent`() throws {
    func preemptions(_ rule: SchedulingOrder) throws -> [Int] {
      let query = queries(at: [0, 5], prompts: [4, 4]) { index, query in
        query.priority = [1, 0][index]
      }
      let run = try serveBoth(
        query, outputs: [8, 8], limits: .roomy(tokensPerBlock: 4, kvBlocks: 4)
      ) { $0.order = rule }
      return [run[0].preemptions, run[1].preemptions]
    }
    #expect(try preemptions(.firstComeFirstServed) == [0, 1])
    #expect(try preemptions(.priority) == [1, 0])
  }

  // MARK: Admission

  @Test func `without chunks a prompt waits until it fits as a whole`() throws {
    func starts(chunks: Bool) throws -> [Int128] {
      let run = try serveBoth(
        queries(at: [0, 0], prompts: [10, 10]), outputs: [2, 2],
        limits: .roomy(tokenBudget: 16, maxModelTokens: 16)
      ) { $0.chunksPrefill = chunks }
      return (0..<2).map { run[$0].firstScheduled.ticks }
    }
    #expect(try starts(chunks: true) == [0, 0])
    #expect(try starts(chunks: false) == [0, 10])
  }

  @Test func `an admission leaves the watermark free unless the batch is empty`() throws {
    func starts(watermark: Int) throws -> [Int128] {
      let run = try serveBoth(
        queries(at: [0, 0], prompts: [12, 20]), outputs: [1, 1],
        limits: .roomy(tokensPerBlock: 4, kvBlocks: 10)
      ) { $0.watermarkBlocks = watermark }
      return (0..<2).map { run[$0].firstScheduled.ticks }
    }
    // Three blocks and five of ten: two stay free.
    #expect(try starts(watermark: 2) == [0, 0])
    #expect(try starts(watermark: 3) == [0, 10])
    #expect(try starts(watermark: 9) == [0, 10])
  }

  @Test func `a request that finds too many waiting is refused`() throws {
    let run = try serveBoth(
      queries(at: [0, 1, 2, 15], prompts: [5, 5, 5, 5]), outputs: [1, 1, 1, 1],
      limits: .roomy(rows: 1)
    ) { $0.waitingLimit = 1 }
    #expect((0..<4).map { run[$0].outcome == .completed } == [true, true, false, true])
  }

  // MARK: Prefix cache

  private static func prefixed(_ query: inout Query, _ ids: [UInt64]) {
    query.context.prefixBlockTokens = 4
    query.context.prefixBlockIDs = ids
  }

  @Test func `what an earlier prompt left is found, a token is always left to compute`() throws {
    let ids: [[UInt64]] = [[1, 2], [1, 2], [1, 2], [7, 8, 9], [1, 2]]
    let query = queries(at: [0, 100, 200, 300, 400], prompts: [8, 8, 10, 12, 9]) {
      Self.prefixed(&$1, ids[$0])
    }
    let run = try serveBoth(
      query, outputs: [1, 1, 1, 1, 1], limits: .roomy(tokensPerBlock: 4, kvBlocks: 4)
    ) { $0.cachesPrefixes = true }
    // Request 3 takes three of four blocks: block 2, released before block 1, is the older. Request
    // 4 finds block 1 and takes two more from what 3 has left.
    #expect((0..<5).map { run[$0].cachedPromptTokens } == [0, 4, 8, 0, 4])
    #expect(run.result.evictions == 3)
    #expect(run.result.tokens.cachedPrompt == 16)
  }

  @Test func `what an answer filled is found by the next turn`() throws {
    let query = queries(at: [0, 200], prompts: [4, 14]) {
      Self.prefixed(&$1, [1, 2, 3, UInt64(50 + $0)])
    }
    // Four tokens of prompt and eight of nine put out fill three prefix blocks.
    for (output, cached) in [(9, 12), (8, 8), (1, 4)] {
      let run = try serveBoth(query, outputs: [output, 1], limits: .roomy(tokensPerBlock: 2)) {
        $0.cachesPrefixes = true
      }
      #expect(run[1].cachedPromptTokens == cached)
    }
  }

  @Test func `two that come together share what the first is scheduled to compute`() throws {
    let query = queries(at: [0, 0], prompts: [9, 9]) { Self.prefixed(&$1, [1, 2]) }
    let run = try serveBoth(query, outputs: [1, 1], limits: .roomy(tokensPerBlock: 4)) {
      $0.cachesPrefixes = true
    }
    #expect([run[0].cachedPromptTokens, run[1].cachedPromptTokens] == [0, 8])
  }

  /// Blocks of 4, 7 of them; the second prompt takes 5 and is computed 3 tokens at a time beside
  /// the first request's decode, which needs its third block at 50: with 12 tokens computed the
  /// second is preempted, and leaves its first three blocks in the cache.
  private func preemptedPrompt(firstOutput: Int) throws -> FinishedRun {
    let query = queries(at: [0, 0], prompts: [4, 20]) {
      Self.prefixed(&$1, $0 == 0 ? [] : [1, 2, 3, 4, 5])
    }
    let run = try serveBoth(
      query, outputs: [firstOutput, 2],
      limits: .roomy(tokenBudget: 4, tokensPerBlock: 4, kvBlocks: 7)
    ) { $0.cachesPrefixes = true }
    #expect(run[1].preemptions == 1)
    #expect(run[1].cachedPromptTokens == 0)
    return run
  }

  @Test func `what a preempted prompt finds again is not computed again`() throws {
    let run = try preemptedPrompt(firstOutput: 7)
    #expect(run.result.tokens.recomputed == 0)
    #expect(run.result.tokens.prompt == 24)
  }

  @Test func `of a preempted prompt only what was lost is computed again`() throws {
    // The first request needs its fifth block at 130: the prefix block released first goes.
    let run = try preemptedPrompt(firstOutput: 14)
    #expect(run.result.evictions == 1)
    #expect(run.result.tokens.recomputed == 4)
    #expect(run.result.tokens.prompt == 24)
  }

  @Test func `one id for two sizes of prefix blocks is two contents`() throws {
    let query = queries(at: [0, 100, 200], prompts: [9, 9, 9]) {
      $1.context.prefixBlockTokens = [4, 8, 4][$0]
      $1.context.prefixBlockIDs = [1, 2]
    }
    let run = try serveBoth(query, outputs: [1, 1, 1], limits: .roomy(tokensPerBlock: 4)) {
      $0.cachesPrefixes = true
    }
    #expect((0..<3).map { run[$0].cachedPromptTokens } == [0, 0, 8])
  }

  @Test func `what follows a repeated id is unknown`() throws {
    let query = queries(at: [0, 100], prompts: [17, 17]) { _, query in
      Self.prefixed(&query, [1, 2, 1, 3])
    }
    let run = try serveBoth(query, outputs: [1, 1], limits: .roomy(tokensPerBlock: 4)) {
      $0.cachesPrefixes = true
    }
    #expect(run[1].cachedPromptTokens == 8)
  }

  @Test func `prefix blocks that do not end with a KV block are counted and not cached`() throws {
    let query = queries(at: [0, 100, 200], prompts: [17, 17, 17]) {
      $1.context.prefixBlockTokens = [6, 6, 8][$0]
      $1.context.prefixBlockIDs = [1, 2]
    }
    let run = try serveBoth(query, outputs: [1, 1, 1], limits: .roomy(tokensPerBlock: 4)) {
      $0.cachesPrefixes = true
    }
    #expect((0..<3).map { run[$0].cachedPromptTokens } == [0, 0, 0])
    #expect(run.result.unalignedPrefixesByPool.map(\.requests) == [2])
    #expect(run.result.unalignedPrefixesByPool.map(\.prefixBlockTokens) == [6])
  }

  // MARK: Arrivals

  @Test func `under a cap a query is sent as soon as one ends`() throws {
    let run = try serveBoth(
      queries(at: [0, 3, 5, 90], prompts: [1, 1, 1, 1]), outputs: [2, 2, 2, 2],
      arrivals: .capped(concurrency: 1))
    #expect((0..<4).map { run[$0].arrival.ticks } == [0, 20, 40, 90])
  }

  @Test(arguments: [0, 7, 500])
  func `a follow-up comes a think time after the end`(thinkTime: Int128) throws {
    let query = queries(at: [0, 0, 0], prompts: [1, 1, 1])
    let run = try serveBoth(
      [query[0]], outputs: [2, 3, 1],
      followUps: [
        0: .init(query[1], after: SimDuration(ticks: thinkTime)),
        1: .init(query[2], after: SimDuration(ticks: thinkTime)),
      ])
    #expect((0..<3).map { run[$0].arrival.ticks } == [0, 20 + thinkTime, 50 + 2 * thinkTime])
  }

  // MARK: Sizes

  @Test func `a preempted sample may wait for hours`() throws {
    // Both need a second block at their third token; the second waits until the first has ended.
    let hour = SimDuration(nanoseconds: 1_000_000_000_000)
    let run = try serveBoth(
      queries(at: [0, 0], prompts: [15, 15]), outputs: [18, 4],
      device: ConstantIterationModel(duration: hour), limits: .roomy(kvBlocks: 2))
    #expect(run[1].preemptions == 1)
    #expect(run.result.latency.interTokenLatency.maximum == 17 * hour.nanoseconds)
  }

  @Test func `energies are shared without a product too large`() throws {
    // 2⁹⁵ quanta among 2³⁷ pairs of query and key.
    let device = AffineIterationModel(
      ticks: ShapeWeights(constant: 1 << 50), prefillAttentionQuanta: 1 << 58)
    let run = try serveBoth(
      queries(at: [0, 0], prompts: [400_000, 200_001]), outputs: [1, 1], device: device,
      limits: .roomy(tokenBudget: 1_000_000, maxModelTokens: 1_000_000))
    let pairs = [400_000, 200_001].map { Int128($0 * ($0 + 1) / 2) }
    #expect((0..<2).map { run[$0].prefillEnergy.quanta } == pairs.map { $0 << 58 })
  }

  // MARK: Windows

  @Test(arguments: [(0, 20, 2), (20, 40, 2), (19, 40, 3), (20, 39, 1), (40, 90, 1)])
  func `a window holds what happens at its end, not at its start`(
    start: Int, end: Int, tokens: Int
  ) throws {
    let run = try serveBoth(
      queries(at: [0], prompts: [5]), outputs: [5],
      window: .between(SimTime(ticks: Int128(start)), SimTime(ticks: Int128(end))))
    #expect(run.result.tokens.output == tokens)
    #expect(run.result.windowEnd.ticks == Int128(min(end, 50)))
    #expect(run.result.busyTime.ticks == Int128(min(end, 50) - start))
  }
}
