import FleetEngine
import NumericalMethods
import Quantities
import TestSupport
import Testing

/// Small scenarios with the end of every iteration worked out by hand.
struct TimelineTests {
  /// 10 ticks an iteration, 1 a prompt token, 2 a decode row.
  private static let device = AffineIterationModel(
    ticks: ShapeWeights(constant: 10, perDecodeRow: 2, perPrefillToken: 1),
    quanta: ShapeWeights(constant: 60, perDecodeRow: 6, perPrefillToken: 6))
  /// 10 ticks an iteration, whatever it holds.
  private static let clockwork = ConstantIterationModel(duration: SimDuration(ticks: 10))

  private func ticks(_ record: RequestRecord) -> [Int128] {
    [record.firstScheduled.ticks, record.firstToken.ticks, record.end.ticks]
  }

  @Test func `two overlapping requests share iterations`() throws {
    let run = try serve(
      queries(at: [0, 5], promptTokens: [4, 2]), on: .single(Self.device),
      answers: FixedAnswers(outputTokens: [3, 2]))
    //  0-14  prompt of 0 (4 tokens)
    // 14-28  token of 0, prompt of 1 (2 tokens)
    // 28-42  token of 0 and of 1: both end
    #expect(ticks(run[0]) == [0, 14, 42])
    #expect(ticks(run[1]) == [14, 28, 42])
    #expect(run.records.map(\.id) == [0, 1])
    #expect(run.result.iterations == 3)
    #expect(run.result.decodeRowSum == 3)
    // The second iteration's energy, 60 + 6 + 12, goes 1 : 2 to decode and prefill.
    #expect(run[0].prefillEnergy.quanta == 84)
    #expect(run[1].prefillEnergy.quanta == 52)
    #expect(run[0].decodeEnergy.quanta == 26 + 36)
    #expect(run[1].decodeEnergy.quanta == 36)
  }

  @Test func `chunks of a prompt fill what decode leaves of the token budget`() throws {
    let run = try serve(
      queries(at: [0, 1], promptTokens: [2, 7]),
      on: .single(Self.device, limits: .roomy(tokenBudget: 4)),
      answers: FixedAnswers(outputTokens: [5, 2]))
    //  0-12  prompt of 0
    // 12-27  token of 0, 3 prompt tokens of 1
    // 27-42  the same
    // 42-55  token of 0, the last prompt token of 1
    // 55-69  token of 0 and of 1: both end
    #expect(ticks(run[0]) == [0, 12, 69])
    #expect(ticks(run[1]) == [12, 55, 69])
    #expect(run.result.iterations == 5)
    #expect(run.result.tokens.prompt == 9)
    #expect(run.result.tokens.output == 7)
  }

  @Test func `the samples of a vote share the full blocks of their prompt and no more`() throws {
    // A prompt of 6 in blocks of 4: one shared block and three tails. Ticks 5, 15, 25 … are the
    // boundaries of iterations, 10, 20, 30 … those of the series.
    let limits = EngineLimits.roomy(tokensPerBlock: 4, kvBlocks: 10)
    var fleet = FleetConfiguration.single(Self.clockwork, limits: limits, samples: 3)
    fleet.seriesInterval = SimDuration(ticks: 10)
    let run = try serve(
      queries(at: [5], promptTokens: [6]), on: fleet,
      answers: FixedAnswers(sampleTokens: [[2, 3, 5]]))
    let held = run.observer.intervals.map { Int(($0.kvUsage * 10).rounded()) }
    //  5-15  prompt                                  1 + 3 blocks
    // 15-25  7th token of each; the first ends       1 + 3
    // 25-35  8th token of two; the second ends       1 + 2
    // 35-45  9th token of one: a block of its own    1 + 2
    // 45-55  10th token; the vote ends               1 + 2
    #expect(held == [4, 4, 3, 3, 3, 0])
    #expect(run.observer.intervals.map(\.runningRows) == [3, 3, 2, 1, 1, 0])
    #expect(ticks(run[0]) == [5, 15, 55])
    #expect(run[0].firstAnswerToken.ticks == 55)
    #expect(run[0].outputTokens == 10)
    #expect(run.result.latency.interTokenLatency.count == 7)
  }

  @Test func `a preempted sequence computes its tokens again and goes on where it was`() throws {
    // Blocks of 2, 4 of them; both prompts of 3 take 2 and need a third for their fifth token.
    let run = try serve(
      queries(at: [0, 0], promptTokens: [3, 3]),
      on: .single(
        ConstantIterationModel(duration: SimDuration(nanoseconds: 10)),
        limits: .roomy(tokensPerBlock: 2, kvBlocks: 4)),
      answers: FixedAnswers(outputTokens: [4, 4]))
    //  0-10  both prompts       10-20  second tokens
    // 20-30  no room for both: 1 is preempted, third token of 0
    // 30-40  fourth token of 0, which ends; 3 blocks for 1 are not free
    // 40-50  5 tokens of 1 computed again, its third token
    // 50-60  its fourth
    #expect(run[0].end.nanoseconds == 40)
    #expect(run[1].end.nanoseconds == 60)
    #expect(run[0].preemptions == 0)
    #expect(run[1].preemptions == 1)
    #expect(run.result.preemptions == 1)
    #expect(run.result.tokens.recomputed == 5)
    #expect(run.result.tokens.prompt == 6)
    #expect(run.result.latency.interTokenLatency.maximum == 30)
    #expect(run.result.latency.interTokenLatency.count == 6)
    #expect(run[1].timePerOutputToken == SimDuration(ticks: 50 * 1_024_000 / 3))
  }

  @Test func `a preempted sample finds its prompt where a sibling holds it`() throws {
    // Blocks of 2, 7 of them; the prompt of 4 is 2 shared blocks.
    let run = try serve(
      queries(at: [0], promptTokens: [4]),
      on: .single(Self.device, limits: .roomy(tokensPerBlock: 2, kvBlocks: 7), samples: 3),
      answers: FixedAnswers(sampleTokens: [[7, 5, 5]]))
    //  0-14  prompt: first tokens
    // 14-30  second tokens, a block each: 5 in use        30-46  third tokens
    // 46-60  2 free for three: the third sample is preempted; fourth tokens of the others
    // 60-74  fifth tokens; the second sample ends. 1 block was free, the third needs 2
    // 74-89  sixth token of the first; 3 of the third's 7 tokens computed again, its fourth
    // 89-103 seventh token of the first, fifth of the third: both end
    #expect(run[0].preemptions == 1)
    #expect(run.result.tokens.recomputed == 3)
    #expect(run[0].end.ticks == 103)
  }

  @Test func `a preempted sample whose siblings have ended computes its prompt again`() throws {
    let run = try serve(
      queries(at: [0], promptTokens: [4]),
      on: .single(Self.device, limits: .roomy(tokensPerBlock: 2, kvBlocks: 5), samples: 2),
      answers: FixedAnswers(sampleTokens: [[4, 5]]))
    //  0-14  prompt      14-28  second tokens, a block each      28-42  third tokens
    // 42-54  1 free for two: the second sample is preempted; the first ends
    // 54-71  all 7 tokens of the second, its fourth              71-83  its fifth
    #expect(run[0].preemptions == 1)
    #expect(run.result.tokens.recomputed == 7)
    #expect(run[0].end.ticks == 83)
  }

  @Test func `an arrival at the end of an iteration joins the next, one tick later waits`() throws {
    func firstScheduled(arrival: Int128) throws -> Int128 {
      let run = try serve(
        queries(at: [0, arrival], promptTokens: [4, 4]), on: .single(Self.clockwork),
        answers: FixedAnswers(outputTokens: [5, 1]))
      return run[1].firstScheduled.ticks
    }
    #expect(try firstScheduled(arrival: 9) == 10)
    #expect(try firstScheduled(arrival: 10) == 10)
    #expect(try firstScheduled(arrival: 11) == 20)
  }

  @Test func `nobody overtakes the request at the front of the queue`() throws {
    // 2 of 4 blocks are taken; the second request needs 3, the third would fit.
    let run = try serve(
      queries(at: [0, 1, 2], promptTokens: [6, 10, 2]),
      on: .single(Self.clockwork, limits: .roomy(tokensPerBlock: 4, kvBlocks: 4)),
      answers: FixedAnswers(outputTokens: [3, 2, 1]))
    #expect(run[0].end.ticks == 30)
    #expect(run[1].firstScheduled.ticks == 30)
    #expect(run[2].firstScheduled.ticks == 30)
  }

  @Test func `the samples of a vote enter the batch together or not at all`() throws {
    var fleet = FleetConfiguration.single(Self.clockwork, limits: .roomy(rows: 4))
    fleet.arms.append(ArmConfiguration(name: "vote", pools: [0], samples: 3))
    let run = try serve(
      queries(at: [0, 0, 0], promptTokens: [2, 2, 2]), on: fleet,
      answers: FixedAnswers(sampleTokens: [[4], [2], [5, 1, 2]]),
      policy: ScriptedPolicy([
        .serve(arm: 0, replica: 0), .serve(arm: 0, replica: 0), .serve(arm: 1, replica: 0),
      ]))
    #expect(run[1].end.ticks == 20)
    #expect(run[2].firstScheduled.ticks == 20)
    #expect(run[2].end.ticks == 70)
  }

  @Test func `decode rows beyond the token budget leave nothing to chunks`() throws {
    var fleet = FleetConfiguration.single(Self.device, limits: .roomy(tokenBudget: 4), samples: 5)
    fleet.arms.append(ArmConfiguration(name: "one", pools: [0], samples: 1))
    let run = try serve(
      queries(at: [0, 0], promptTokens: [3, 10]), on: fleet,
      answers: FixedAnswers(sampleTokens: [[3, 3, 3, 3, 3], [1]]),
      policy: ScriptedPolicy([.serve(arm: 0, replica: 0), .serve(arm: 1, replica: 0)]))
    //  0-14  prompt of 0, 1 token of 1     14-34, 34-54  5 rows of 0, which ends
    // 54-68, 68-82, 82-93  4, 4 and the last of the 10 tokens of 1
    #expect(ticks(run[0]) == [0, 14, 54])
    #expect(ticks(run[1]) == [0, 93, 93])
  }

  @Test func `iterations that end at one instant do so by replica number`() throws {
    let run = try serve(
      queries(at: [0, 0, 0], promptTokens: [1, 1, 1]), on: .single(Self.clockwork, replicas: 3),
      answers: FixedAnswers(outputTokens: [1, 1, 1]),
      policy: ScriptedPolicy([2, 0, 1].map { .serve(arm: 0, replica: $0) }))
    #expect(run.records.map(\.replica) == [0, 1, 2])
    #expect(run.records.map(\.id) == [1, 2, 0])
  }
}
