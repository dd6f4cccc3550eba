import FleetEngine
import Quantities
import TestSupport
import Testing
import Workloads

/// What a policy sees, when, and what happens when it asks for what is not there.
struct PolicyBoundaryTests {
  private static let clockwork = ConstantIterationModel(duration: SimDuration(ticks: 10))

  @Test func `outputs that nobody has seen yet change no decision`() throws {
    // 40 requests arrive within 200 ticks; none has ended before the last has come.
    var random = SplitMix64(seed: 8)
    let arrivals = (0..<40).map { Int128($0 * 5) }
    let lengths = arrivals.map { _ in Int.random(in: 30...90, using: &random) }
    let prompts = arrivals.map { _ in Int.random(in: 1...50, using: &random) }
    func decisions(_ outputs: [Int]) throws -> [UInt64: Int] {
      let run = try serve(
        queries(at: arrivals, promptTokens: prompts), on: .single(Self.clockwork, replicas: 5),
        answers: FixedAnswers(outputTokens: outputs), policy: ViewHashPolicy(seed: 4))
      return Dictionary(uniqueKeysWithValues: run.records.map { ($0.id, $0.replica) })
    }
    let original = try decisions(lengths)
    for _ in 0..<5 { #expect(try decisions(lengths.shuffled(using: &random)) == original) }
  }

  @Test func `a policy does not see the ends of the instant at which it decides`() throws {
    func replica(ofArrivalAt arrival: Int128) throws -> Int {
      try serve(
        queries(at: [0, arrival], promptTokens: [1, 1]), on: .single(Self.clockwork, replicas: 2),
        answers: FixedAnswers(outputTokens: [3, 1]), policy: JoinShortest())[1].replica
    }
    #expect(try replica(ofArrivalAt: 29) == 1)
    #expect(try replica(ofArrivalAt: 30) == 1)
    #expect(try replica(ofArrivalAt: 31) == 0)
  }

  @Test func `a policy sees what waits, runs, is pending and held as of the last iteration`()
    throws
  {
    let log = ViewLog()
    let limits = EngineLimits.roomy(rows: 2, tokenBudget: 8, tokensPerBlock: 4, kvBlocks: 9)
    _ = try serve(
      queries(at: [0, 0, 5, 15, 25], promptTokens: [6, 6, 5, 1, 1]),
      on: .single(Self.clockwork, limits: limits),
      answers: FixedAnswers(outputTokens: [3, 3, 1, 1, 1]),
      policy: LoggingPolicy(log: log))
    //  0-10: 6 tokens of 0, 2 of 1;  10-20: the other 4 of 1, one of 0;  20-30: both decode.
    let seen = log.views.map {
      [$0.waitingRequests, $0.runningRows, $0.pendingPromptTokens, $0.kvBlocksUsed]
    }
    #expect(seen == [[0, 0, 0, 0], [1, 0, 6, 0], [0, 2, 12, 4], [1, 2, 9, 4], [2, 2, 6, 4]])
    #expect(log.views.allSatisfy { $0.kvBlockCount == 9 })
  }

  @Test func `a choice that is not there is an error that names it`() {
    func error(for decision: Decision) -> String? {
      var fleet = FleetConfiguration.single(Self.clockwork)
      fleet.pools.append(
        PoolConfiguration(
          name: "other", replicaCount: 1, gpusPerReplica: 1, limits: .roomy(),
          model: Self.clockwork))
      do {
        _ = try serve(
          queries(at: [0], promptTokens: [1]), on: fleet, answers: FixedAnswers(outputTokens: [1]),
          policy: ScriptedPolicy([decision]))
        return nil
      } catch { return (error as? PolicyError)?.description }
    }
    #expect(error(for: .serve(arm: 0, replica: 0)) == nil)
    #expect(error(for: .serve(arm: 1, replica: 0))?.contains("arm 1") == true)
    #expect(error(for: .serve(arm: 0, replica: 1))?.contains("replica 1") == true)
    #expect(error(for: .serve(arm: 0, replica: 2))?.contains("replica 2") == true)
  }

  @Test func `what the source throws ends the run`() {
    struct Broken: Error {}
    struct BrokenSource: QuerySource {
      mutating func next() throws -> Query? { throw Broken() }
    }
    #expect(throws: Broken.self) {
      var observer = SilentObserver()
      _ = try FleetSimulation(
        fleet: .single(Self.clockwork), answers: FixedAnswers(outputTokens: []),
        policy: TakeTurns()
      ).run(BrokenSource(), observer: &observer)
    }
  }
}

/// Views of replica 0 in the order of decisions. One run, one thread.
private final class ViewLog: @unchecked Sendable {
  var views: [ReplicaView] = []
}

private struct LoggingPolicy: ServingPolicy {
  let log: ViewLog

  mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    log.views.append(fleet.replicas[0])
    return .serve(arm: 0, replica: 0)
  }
}
