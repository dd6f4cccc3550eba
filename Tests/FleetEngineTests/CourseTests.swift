import AnswerModels
import DeviceModels
import FleetEngine
import Quantities
import TestSupport
import Testing
import Workloads

/// Every iteration takes ten ticks and draws a hundred quanta; idle replicas draw nothing.
private let device = ConstantIterationModel(
  duration: SimDuration(ticks: 10), energy: Energy(quanta: 100))

/// `pools` pools of one replica each; arm 0 has the first, and the others behind it.
private func fleet(
  pools: Int, samples: Int = 1, checkpointTokens: Int? = nil
) -> FleetConfiguration {
  FleetConfiguration(
    pools: (0..<pools).map {
      PoolConfiguration(
        name: "\($0)", replicaCount: 1, gpusPerReplica: 1, limits: .roomy(), model: device)
    },
    arms: [
      ArmConfiguration(
        name: "arm", pools: [0], samples: samples,
        course: ArmCourse(
          furtherPools: (1..<max(1, pools)).map { [$0] }, checkpointTokens: checkpointTokens))
    ])
}

/// Answers of so many tokens by sample, without reasoning unless `reasoning` says otherwise.
private func answers(
  _ tokens: [Int], reasoning: [Int] = [], _ attempts: @escaping FixedCourse.Answer<[Attempt]>
) -> FixedAnswers {
  var answers = FixedAnswers { _, _, sample in
    let thought = sample < reasoning.count ? reasoning[sample] : 0
    return SampleLengths(reasoningTokens: thought, answerTokens: tokens[sample] - thought)
  }
  answers.course = FixedCourse(attempts: attempts)
  return answers
}

private let query = queries(at: [0], promptTokens: [8])

@Suite struct CourseTests {
  @Test func `an escalation follows at once on the other pool, and the record adds both up`()
    throws
  {
    let answers = answers([3, 5]) { _, _, course in
      switch course.attempts {
      case 0: [Attempt(.answer, promptTokens: 8, firstSample: 0)]
      case 1:
        [Attempt(.escalation, stage: 1, promptTokens: 20, firstSample: 1, givesAnswer: true)]
      default: []
      }
    }
    let run = try serve(query, on: fleet(pools: 2), answers: answers)
    let record = run[0]
    // Three iterations on the first replica, five on the second.
    #expect(record.attempts == 2 && record.replica == 1 && record.samples == 2)
    #expect(record.firstToken.ticks == 10 && record.end.ticks == 80)
    #expect(record.firstAnswerToken.ticks == 40)
    #expect(record.promptTokens == 28 && record.outputTokens == 8)
    #expect(record.energy.quanta == 800)
    #expect(run.result.energy.gpuByPool.map(\.quanta) == [300, 500])
    #expect(run.result.requests.completed == 1)
    #expect(run.result.courses.attempts == [1, 0, 1, 0, 0])
  }

  @Test func `attempts side by side end with the last of them`() throws {
    let answers = answers([2, 7, 4]) { _, _, course in
      course.attempts == 0
        ? (0..<3).map { Attempt(.vote, stage: $0, promptTokens: 8, firstSample: $0) } : []
    }
    let record = try serve(query, on: fleet(pools: 3), answers: answers)[0]
    #expect(record.attempts == 3 && record.outputTokens == 13)
    #expect(record.end.ticks == 70 && record.firstAnswerToken.ticks == 70)
    #expect(record.energy.quanta == 1300)
  }

  @Test func `samples that no longer matter leave at their replica's next boundary`() throws {
    var answers = answers([2, 50, 60]) { _, _, course in
      course.attempts == 0
        ? [
          Attempt(.vote, promptTokens: 8, samples: 2, firstSample: 0),
          Attempt(.vote, stage: 1, promptTokens: 8, firstSample: 2),
        ] : []
    }
    answers.course?.isDecided = { _, _, course in course.ended.contains { $0.number == 0 } }
    let run = try serve(query, on: fleet(pools: 2), answers: answers)
    // Both replicas are at a boundary when the second token of sample 0 comes.
    #expect(run[0].end.ticks == 20 && run[0].firstAnswerToken.ticks == 20)
    #expect(run[0].outputTokens == 6 && run[0].outcome == .completed)
    #expect(run.result.courses.cancelledSamples == 2)
    #expect(run[0].energy.quanta == 400)
  }

  @Test func `a stopped chain goes on with its answer`() throws {
    let answers = answers([40], reasoning: [37]) { _, _, course in
      course.attempts == 0
        ? [Attempt(.answer, promptTokens: 8, firstSample: 0, givesAnswer: true)] : []
    }
    struct StopAfter: DepthController {
      let tokens: Int
      func decide(_ chain: ChainView, in fleet: FleetView) -> DepthDecision {
        chain.reasoningTokens >= tokens ? .stop : .goOn
      }
    }
    func run(_ depth: (any DepthController)?) throws -> FinishedRun {
      try serve(
        query, on: fleet(pools: 1, checkpointTokens: 5), answers: answers, depth: depth)
    }
    let stopped = try run(StopAfter(tokens: 12))
    // Looked at after 5, 10 and 15 tokens; three tokens of answer follow.
    #expect(stopped.result.courses.checkpoints == 3 && stopped.result.courses.stoppedChains == 1)
    #expect(stopped[0].reasoningTokens == 15 && stopped[0].outputTokens == 18)
    #expect(stopped[0].firstAnswerToken.ticks == 160 && stopped[0].end.ticks == 180)
    let whole = try run(StopAfter(tokens: 1_000))
    #expect(whole[0].outputTokens == 40 && whole.result.courses.checkpoints == 7)
    #expect(try run(nil).result.courses.checkpoints == 0)
  }

  @Test func `an attempt that no replica can take leaves the query with what it has`() throws {
    var small = fleet(pools: 2)
    small.pools[1].limits.maxModelTokens = 10
    var answers = answers([3, 5]) { _, _, course in
      course.attempts == 1
        ? [Attempt(.escalation, stage: 1, promptTokens: 20, firstSample: 1)] : []
    }
    answers.course?.isCorrect = { _, _, course in course.ended.map(\.number) == [0] }
    let run = try serve(query, on: small, answers: answers)
    #expect(run[0].outcome == .completed && run[0].attempts == 1 && run[0].isCorrect == true)
    #expect(run.result.courses.refusedAttempts == 1)
  }

  @Test func `a query whose time is up makes no further attempt`() throws {
    let answers = answers([3, 5, 5]) { _, _, course in
      [Attempt(.vote, promptTokens: 8, firstSample: course.attempts)]
    }
    var asked = query
    asked[0].context.timeout = SimDuration(ticks: 75)
    let run = try serve(asked, on: fleet(pools: 1), answers: answers)
    // The second attempt runs from 30 to 80, when the time is over.
    #expect(run[0].outcome == .timedOut && run[0].end.ticks == 80)
    #expect(run[0].attempts == 2 && run[0].outputTokens == 8)
  }

  @Test func `a policy that sends an attempt where it is not served is told so`() throws {
    struct Astray: ServingPolicy {
      func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
        .serve(arm: 0, replica: 0)
      }
      func place(
        _ attempt: AttemptView, of request: RequestView, among candidates: ReplicaSet,
        in fleet: FleetView
      ) -> Int? { 0 }
    }
    let answers = answers([3, 5]) { _, _, course in
      course.attempts == 1
        ? [Attempt(.escalation, stage: 1, promptTokens: 20, firstSample: 1)] : []
    }
    #expect(throws: PolicyError.self) {
      try serve(query, on: fleet(pools: 2), answers: answers, policy: Astray())
    }
  }
}
