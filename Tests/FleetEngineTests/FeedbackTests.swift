import AnswerModels
import FleetEngine
import Quantities
import TestSupport
import Testing
import Workloads

/// What a policy is told of its requests, by whom, and when.
@Suite struct FeedbackTests {
  private static let clockwork = ConstantIterationModel(
    duration: SimDuration(ticks: 10), energy: Energy(quanta: 100))

  /// Runs requests of the given lengths, of which every second is right.
  private func heard(
    at arrivals: [Int128], outputs: [Int], judge: Judge?, learns: Bool = true,
    promptTokens: [Int]? = nil
  ) throws -> HearingLog {
    let log = HearingLog()
    var observer = SilentObserver()
    _ = try FleetSimulation(
      fleet: .single(Self.clockwork),
      answers: AlternatingAnswers(FixedAnswers(outputTokens: outputs)),
      policy: ListeningPolicy(log: log, learns: learns), judge: judge
    ).run(
      ListSource(queries(at: arrivals, promptTokens: promptTokens ?? arrivals.map { _ in 1 })),
      observer: &observer)
    return log
  }

  private func judge(
    rate: Double = 1, error: Double = 0, delay: Int128 = 0
  ) -> Judge {
    Judge(labelRate: rate, error: error, delay: SimDuration(ticks: delay), seed: 2)
  }

  @Test func `a policy that learns hears of every end, with the joules of the request`() throws {
    let log = try heard(at: [0, 100, 200], outputs: [1, 2, 3], judge: nil)
    #expect(log.ended.map(\.request.id) == [0, 1, 2])
    #expect(log.ended.map(\.outputTokens) == [1, 2, 3])
    // One iteration for the prompt, whose token is the first, and one for each further token.
    #expect(log.ended.map { Energy(rounding: $0.joules).quanta } == [100, 200, 300])
    #expect(log.ended.map(\.endToEndLatency.ticks) == [10, 20, 30])
    #expect(log.judged.isEmpty)
  }

  @Test func `it hears of a request that its replica can never serve, at once`() throws {
    let log = try heard(
      at: [0, 100, 200], outputs: [1, 1, 1], judge: judge(), promptTokens: [1 << 40, 1, 1])
    #expect(log.ended.map(\.outcome) == [.rejected, .completed, .completed])
    #expect(log.ended[0].replica == 0 && log.ended[0].arm == 0 && log.ended[0].joules == 0)
    // Nobody judges what was not answered.
    #expect(log.judged.map(\.id) == [1])
  }

  @Test func `a policy that does not learn hears nothing`() throws {
    let log = try heard(at: [0, 100], outputs: [1, 1], judge: judge(), learns: false)
    #expect(log.ended.isEmpty && log.judged.isEmpty && log.decided == [0, 1])
  }

  @Test func `a judgment is known after its delay, before the next decision`() throws {
    // Ends at 10, 110, 210: known at 110, 210, 310. Arrivals at 100, 200, 310 decide.
    let log = try heard(
      at: [0, 100, 200, 310, 320], outputs: [1, 1, 1, 1, 1], judge: judge(delay: 100))
    #expect(log.judged.map(\.id) == [0, 1, 2])
    #expect(log.judged.map(\.beforeDecision) == [2, 3, 3])
    #expect(log.judged.map(\.isCorrect) == [true, false, true])
  }

  @Test func `a judge sees the stated share and errs as often as stated`() throws {
    let count = 2_000
    let log = try heard(
      at: (0...count).map { Int128($0) * 100 }, outputs: Array(repeating: 1, count: count + 1),
      judge: judge(rate: 0.5, error: 0.2))
    // Three standard deviations of binomials.
    #expect(abs(Double(log.judged.count) - 1_000) < 68)
    let wrong = log.judged.count { $0.isCorrect != $0.id.isMultiple(of: 2) }
    #expect(abs(Double(wrong) / Double(log.judged.count) - 0.2) < 0.04)
  }

  @Test func `time taken to decide counts from when the query was asked`() throws {
    func run(_ delay: Int128) throws -> FinishedRun {
      let plain = queries(at: [5, 100], promptTokens: [1, 1])
      let queries = delay == 0 ? plain : plain.map { $0.decided(after: SimDuration(ticks: delay)) }
      return try serve(
        queries, on: .single(Self.clockwork), answers: FixedAnswers(outputTokens: [3, 2]))
    }
    let (free, slow) = (try run(0), try run(7))
    for id in [0, 1] as [UInt64] {
      #expect(slow[id].arrival == free[id].arrival)
      #expect(slow[id].endToEndLatency.ticks == free[id].endToEndLatency.ticks + 7)
      #expect(slow[id].timeToFirstToken.ticks == free[id].timeToFirstToken.ticks + 7)
      #expect(slow[id].energy == free[id].energy)
    }
  }

  @Test func `patience runs out while the policy decides`() {
    var query = queries(at: [5], promptTokens: [1])[0]
    var context = QueryContext()
    (context.timeout, context.patience) = (SimDuration(ticks: 30), SimDuration(ticks: 4))
    query.context = context
    let decided = query.decided(after: SimDuration(ticks: 7))
    #expect(decided.arrival.ticks == 12)
    #expect(decided.context.timeout?.ticks == 23)
    #expect(decided.context.patience?.ticks == 0)
  }

  @Test func `a bound is shown the truth of the query that it decides`() throws {
    let log = TruthLog()
    _ = try serve(
      queries(at: [0, 100], promptTokens: [4, 5]), on: .single(Self.clockwork),
      answers: AlternatingAnswers(FixedAnswers(outputTokens: [3, 2])),
      policy: SeeingPolicy(log: log))
    #expect(log.correct == [true, false])
    #expect(log.outputTokens == [3, 2])
  }
}

private final class HearingLog: @unchecked Sendable {
  var decided: [UInt64] = []
  var ended: [EndedRequest] = []
  var judged: [(id: UInt64, isCorrect: Bool, beforeDecision: Int)] = []
}

private struct ListeningPolicy: ServingPolicy {
  let log: HearingLog
  let learns: Bool

  mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    log.decided.append(request.id)
    return .serve(arm: 0, replica: 0)
  }
  mutating func requestEnded(_ ended: EndedRequest) { log.ended.append(ended) }
  mutating func answerJudged(_ ended: EndedRequest, isCorrect: Bool) {
    log.judged.append((ended.request.id, isCorrect, log.decided.count))
  }
}

private final class TruthLog: @unchecked Sendable {
  var correct: [Bool?] = []
  var outputTokens: [Int] = []
}

private struct SeeingPolicy: BoundPolicy {
  let log: TruthLog

  mutating func decide(
    _ request: RequestView, knowing truth: Truth, in fleet: FleetView
  ) -> Decision {
    let outcome = truth.outcome(arm: 0, samples: 1)
    log.correct.append(outcome.isCorrect)
    log.outputTokens.append(outcome.outputTokens)
    return .serve(arm: 0, replica: 0)
  }
}

/// Right on even queries.
private struct AlternatingAnswers: AnswerModel {
  let base: FixedAnswers

  init(_ base: FixedAnswers) { self.base = base }

  func promptTokens(of query: Query, arm: Int) -> Int { base.promptTokens(of: query, arm: arm) }
  func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths {
    base.lengths(of: query, arm: arm, sample: sample)
  }
  func isCorrect(_ query: Query, arm: Int) -> Bool? { query.id.isMultiple(of: 2) }
}
