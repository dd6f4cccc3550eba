import AnswerModels
import DeviceModels
import FleetEngine
import NumericalMethods
import Quantities
import TestSupport
import Testing

/// One request alone on a replica, against the formula of an affine device worked out by hand.
struct SingleRequestTests {
  /// Every coefficient is a different prime: no two terms can stand in for each other.
  private static let model = AffineIterationModel(
    ticks: ShapeWeights(
      constant: 100_003, perDecodeRow: 1_009, perContextToken: 13, perPrefillToken: 211,
      perChunk: 5_003, perAttentionPair: 3),
    quanta: ShapeWeights(
      constant: 700_001, perDecodeRow: 9_001, perContextToken: 17, perPrefillToken: 401,
      perChunk: 2_003, perAttentionPair: 7),
    decodeAttentionQuanta: 19, prefillAttentionQuanta: 29, idlePower: Power(quanta: 31))

  /// Sum of an affine cost over a whole prefill of `prompt` tokens in one chunk.
  private func prefill(_ weights: ShapeWeights, prompt: Int128) -> Int128 {
    weights.constant + weights.perPrefillToken * prompt + weights.perChunk
      + weights.perAttentionPair * prompt * (prompt + 1) / 2
  }

  /// Sum over the decode iterations of one row: the g-th attends to prompt + g tokens, g from 1
  /// to output - 1.
  private func decode(_ weights: ShapeWeights, prompt: Int128, output: Int128) -> Int128 {
    let iterations = output - 1
    return iterations * (weights.constant + weights.perDecodeRow)
      + weights.perContextToken * (iterations * prompt + iterations * output / 2)
  }

  @Test(arguments: [(1, 1), (1, 2), (7, 1), (16, 16), (500, 3), (333, 250), (4096, 700)])
  func `takes exactly the time and energy of the formula on an idle replica`(
    prompt: Int, output: Int
  ) throws {
    let arrival: Int128 = 12_345
    let run = try serve(
      queries(at: [arrival], promptTokens: [prompt]), on: .single(Self.model),
      answers: FixedAnswers(outputTokens: [output]))
    let model = Self.model
    let (p, n) = (Int128(prompt), Int128(output))
    let firstToken = arrival + prefill(model.ticks, prompt: p)
    let end = firstToken + decode(model.ticks, prompt: p, output: n)
    #expect(run[0].firstScheduled.ticks == arrival)
    #expect(run[0].firstToken.ticks == firstToken)
    #expect(run[0].end.ticks == end)
    #expect(
      run[0].prefillEnergy.quanta
        == prefill(model.quanta, prompt: p) + model.prefillAttentionQuanta * p * (p + 1) / 2)
    #expect(
      run[0].decodeEnergy.quanta == decode(model.quanta, prompt: p, output: n)
        + model.decodeAttentionQuanta * ((n - 1) * p + n * (n - 1) / 2))
    #expect(run.result.energy.idle.quanta == model.idlePower.quanta * arrival)
    #expect(run.result.iterations == output)
  }

  @Test func `computes a prompt longer than the token budget chunk after chunk`() throws {
    let budget = 64
    let prompt = 3 * budget + 10
    let run = try serve(
      queries(at: [0], promptTokens: [prompt]),
      on: .single(Self.model, limits: .roomy(tokenBudget: budget)),
      answers: FixedAnswers(outputTokens: [1]))
    let weights = Self.model.ticks
    // The pairs of the chunks add up to those of the whole prompt.
    let pairs = Int128(prompt * (prompt + 1) / 2)
    let time =
      4 * (weights.constant + weights.perChunk) + weights.perPrefillToken * Int128(prompt)
      + weights.perAttentionPair * pairs
    #expect(run[0].end.ticks == time)
    #expect(run.result.iterations == 4)
    #expect(run.result.tokens.prompt == prompt)
    #expect(run.result.tokens.recomputed == 0)
  }

  @Test func `has a time per output token of its decode time over the tokens after the first`()
    throws
  {
    let run = try serve(
      queries(at: [0, 1], promptTokens: [5, 5]),
      on: .single(ConstantIterationModel(duration: SimDuration(ticks: 700))),
      answers: FixedAnswers(outputTokens: [1, 4]))
    #expect(run[0].timePerOutputToken == nil)
    #expect(run[1].timePerOutputToken == SimDuration(ticks: 700))
    #expect(run.result.latency.timePerOutputToken.count == 1)
  }

  @Test func `puts out its first answer token after its reasoning`() throws {
    let run = try serve(
      queries(at: [0], promptTokens: [5]),
      on: .single(ConstantIterationModel(duration: SimDuration(ticks: 10))),
      answers: FixedAnswers { _, _, _ in SampleLengths(reasoningTokens: 6, answerTokens: 3) })
    #expect(run[0].firstToken.ticks == 10)
    #expect(run[0].firstAnswerToken.ticks == 70)
    #expect(run[0].end.ticks == 90)
    #expect(run[0].reasoningTokens == 6)
    #expect(run[0].outputTokens == 9)
  }

  @Test func `is cut at the longest sequence of the model, and then wrong`() throws {
    let run = try serve(
      queries(at: [0, 0], promptTokens: [90, 91]),
      on: .single(
        ConstantIterationModel(duration: SimDuration(ticks: 10)),
        limits: .roomy(maxModelTokens: 100)),
      answers: FixedAnswers(isCorrect: { _, _ in true }) { _, _, _ in
        SampleLengths(reasoningTokens: 0, answerTokens: 10)
      })
    #expect(run[0].outputTokens == 10)
    #expect(run[0].isCorrect == true)
    #expect(run[1].outputTokens == 9)
    #expect(run[1].isCorrect == false)
  }

  @Test func `is refused when its prompt leaves no room for a token or exceeds the KV cache`()
    throws
  {
    let limits = EngineLimits.roomy(tokensPerBlock: 4, kvBlocks: 10, maxModelTokens: 50)
    let run = try serve(
      queries(at: [5, 5, 5, 5], promptTokens: [50, 49, 38, 38]),
      on: .single(ConstantIterationModel(duration: SimDuration(ticks: 10)), limits: limits),
      answers: FixedAnswers(outputTokens: [1, 1, 3, 4]))
    #expect(run[0].outcome == .rejected)  // as long as the longest sequence
    #expect(run[1].outcome == .rejected)  // 50 tokens, 40 fit the cache
    #expect(run[2].outcome == .completed)  // 38 and 2: the third is never computed
    #expect(run[3].outcome == .rejected)
    #expect(run[0].end == run[0].arrival)
    #expect(run.result.requests.rejected == 3)
  }
}
