import AnswerModels
import FleetEngine
import Quantities
import TestSupport
import Testing
import Workloads

/// Fleets that cannot be simulated and sources that break their contract are errors that name what
/// is wrong.
struct BrokenInputTests {
  private static let clockwork = ConstantIterationModel(
    duration: SimDuration(ticks: 10), idlePower: Power(quanta: 5))

  // MARK: Fleets

  private typealias Fault = (words: String, spoil: @Sendable (inout FleetConfiguration) -> Void)

  private static let faults: [Fault] = [
    ("without pools", { $0.pools = [] }),
    ("0 replicas", { $0.pools[0].replicaCount = 0 }),
    ("33000000 replicas", { $0.pools[0].replicaCount = 33_000_000 }),
    ("0 batch rows", { $0.pools[0].limits.batchRowLimit = 0 }),
    ("0 tokens an iteration", { $0.pools[0].limits.iterationTokenBudget = 0 }),
    ("0 tokens a KV block", { $0.pools[0].limits.tokensPerBlock = 0 }),
    ("0 KV blocks", { $0.pools[0].limits.kvBlockCount = 0 }),
    ("0 tokens a sequence", { $0.pools[0].limits.maxModelTokens = 0 }),
    ("-1 blocks of watermark", { $0.pools[0].rules.watermarkBlocks = -1 }),
    ("0 waiting requests", { $0.pools[0].rules.waitingLimit = 0 }),
    (
      "prompts whole, 99 tokens an iteration",
      {
        $0.pools[0].rules.chunksPrefill = false
        $0.pools[0].limits.iterationTokenBudget = 99
        $0.pools[0].limits.maxModelTokens = 100
      }
    ),
    (
      "longest iteration",
      { $0.pools[0].model = ConstantIterationModel(duration: SimDuration(rounding: 1_126)) }
    ),
    (
      "yields power",
      {
        $0.pools[0].model = ConstantIterationModel(
          duration: SimDuration(ticks: 10), idlePower: Power(quanta: -1))
      }
    ),
    ("0 samples", { $0.arms[0].samples = 0 }),
    ("pool 1 of 1", { $0.arms[0].pools = [1] }),
    ("intervals of 0.0 s", { $0.seriesInterval = .zero }),
    ("a cap of 0", { $0.arrivals = .capped(concurrency: 0) }),
    ("a closed loop of 0", { $0.arrivals = .closedLoop(concurrencyPerReplica: 0) }),
    (
      "a window from 2.0 s to 1.0 s",
      { $0.window = .between(SimTime(rounding: 2), SimTime(rounding: 1)) }
    ),
    ("a window from -1.0 s", { $0.window = .between(SimTime(rounding: -1), .zero) }),
    ("a steady state", { $0.window = .steadyState }),
  ]

  @Test(arguments: faults.indices)
  func `a fleet that cannot be simulated is refused in words`(index: Int) throws {
    var fleet = FleetConfiguration.single(Self.clockwork)
    try fleet.validate()
    Self.faults[index].spoil(&fleet)
    let error = try #require(throws: ConfigurationError.self) {
      try serve([], on: fleet, answers: FixedAnswers(outputTokens: []))
    }
    #expect(error.description.contains(Self.faults[index].words), "\(error)")
  }

  // MARK: Sources

  private func error(
    of queries: [Query], followUps: [UInt64: ListSource.FollowUp] = [:],
    arrivals: ArrivalMode = .open, addedPromptTokens: Int = 0
  ) throws -> QueryError {
    try #require(throws: QueryError.self) {
      try serve(
        queries, followUps: followUps, on: .single(Self.clockwork, arrivals: arrivals),
        answers: FixedAnswers(addedPromptTokens: [addedPromptTokens]) { _, _, _ in
          .init(reasoningTokens: 0, answerTokens: 3)
        })
    }
  }

  private func query(
    _ id: UInt64, at ticks: Int128, prompt: Int = 5,
    _ change: (inout QueryContext) -> Void = { _ in }
  ) -> Query {
    var query = Query(id: id, arrival: SimTime(ticks: ticks), task: 0, promptTokens: prompt)
    change(&query.context)
    return query
  }

  @Test func `a query without a prompt is named`() throws {
    let error = try error(of: [query(7, at: 0), query(9, at: 1, prompt: 0)])
    #expect(error.id == 9 && error.problem.contains("0 tokens"))
    let emptied = try self.error(of: [query(7, at: 0)], addedPromptTokens: -5)
    #expect(emptied.id == 7 && emptied.problem.contains("under arm"))
  }

  @Test func `a query that comes before the one before it is named`() throws {
    #expect(try error(of: [query(0, at: 5), query(1, at: 4)]).id == 1)
    #expect(try error(of: [query(3, at: -1)]).id == 3)
    #expect(try error(of: [query(3, at: SimTime.never.ticks)]).id == 3)
    let repeated = try error(of: [query(4, at: 5), query(4, at: 6)])
    #expect(repeated.id == 4 && repeated.problem.contains("after query 4"))
    #expect(
      try error(
        of: [query(4, at: 5), query(2, at: 0)], arrivals: .closedLoop(concurrencyPerReplica: 1)
      ).id == 2)
  }

  @Test func `a follow-up before its time is named`() throws {
    let next = ListSource.FollowUp(query(5, at: 0), after: SimDuration(ticks: -1))
    let error = try error(of: [query(0, at: 0)], followUps: [0: next])
    #expect(error.id == 5 && error.problem.contains("follows query 0"))
  }

  @Test func `a context that says nothing is named`() throws {
    #expect(try error(of: [query(2, at: 0) { $0.timeout = SimDuration(ticks: -1) }]).id == 2)
    #expect(try error(of: [query(2, at: 0) { $0.patience = SimDuration(ticks: -1) }]).id == 2)
    let error = try error(
      of: [
        query(2, at: 0) {
          $0.prefixBlockIDs = [1]
          $0.prefixBlockTokens = 0
        }
      ])
    #expect(error.id == 2 && error.problem.contains("blocks of 0 tokens"))
  }

  @Test func `patience beyond all time never ends`() throws {
    let run = try serve(
      [query(0, at: 9) { $0.patience = SimDuration(ticks: .max) }], on: .single(Self.clockwork),
      answers: FixedAnswers(outputTokens: [2]))
    #expect(run[0].outcome == .completed)
  }
}
