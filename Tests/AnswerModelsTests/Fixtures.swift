import AnswerModels
import NumericalMethods
import Quantities
import Workloads

/// A task with one model "small" and one "large", open answers unless said otherwise.
func sheet(
  answers: AnswerSpace = .open(wrongAnswers: 25), small: Double = 0.6, large: Double = 0.8,
  directSmall: Double = 0.3, abilitySpread: Double = 4, wrongAnswerSpread: Double = 1.5,
  sharedDifficulty: Double = 0.7, unanswerableShare: Double = 0, growth: Double = 0
) throws -> TaskSheet {
  let chain = try TokenLengthLaw(
    median: 200, difficultySlope: 0.2, spread: 0.4, sampleSpread: 0.1, maximum: 4096)
  func behavior(_ accuracy: Double, reasons: Bool) throws -> ModeBehavior {
    ModeBehavior(
      accuracy: accuracy, instructionTokens: reasons ? 40 : 30, reasoning: reasons ? chain : nil,
      answer: try TokenLengthLaw(constant: 3))
  }
  var curve = ItemResponse.Curve.softmax(spread: abilitySpread, growth: growth)
  if case .verified = answers { curve = .beta(concentration: 0.7) }
  let response = try ItemResponse(
    curve: curve, wrongAnswerSpread: wrongAnswerSpread, sharedDifficulty: sharedDifficulty,
    unanswerableShare: unanswerableShare, unanswerableAccuracy: 0.05)
  return TaskSheet(
    name: "test", summary: "made up", answerSpace: answers,
    promptTokens: PromptLengths(median: 100, logStandardDeviation: 0.5, maximum: 1000),
    itemResponse: response, defaults: [:],
    models: [
      "small": [
        .direct: try behavior(directSmall, reasons: false),
        .chainOfThought: try behavior(small, reasons: true),
      ],
      "large": [
        .direct: try behavior(large - 0.2, reasons: false),
        .chainOfThought: try behavior(large, reasons: true),
      ],
    ])
}

func arm(_ model: String, _ strategy: Strategy) -> ArmSpecification {
  ArmSpecification(name: "\(model) \(strategy)", modelName: model, strategy: strategy)
}

func vote(_ count: Int) -> Strategy { .majorityVote(MajorityVote(sampleCount: count)) }

/// Reference queries: difficulty uniform in (0, 1), or within `difficulties`.
func queries(_ count: Int, seed: UInt64 = 7, difficulties: ClosedRange<Double> = 0...1) -> [Query] {
  let stream = RandomStream(seed: seed, purpose: "difficulty")
  return (0..<UInt64(count)).map { id in
    let width = difficulties.upperBound - difficulties.lowerBound
    return Query(
      id: id, arrival: .zero, task: 0, promptTokens: 100,
      difficulty: difficulties.lowerBound + width * stream.uniform(id: id))
  }
}

/// Share of `queries` that the arm answers right.
func accuracy(_ answers: ItemResponseAnswers, _ queries: [Query], arm: Int) -> Double {
  Double(queries.count { answers.isCorrect($0, arm: arm) == true }) / Double(queries.count)
}

/// How many standard errors `observed`, a share of `count`, is from `expected`.
func deviation(_ observed: Double, from expected: Double, count: Int) -> Double {
  (observed - expected) / (expected * (1 - expected) / Double(count)).squareRoot()
}

/// Mean and standard deviation of a sample.
func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (squares / Double(values.count - 1)).squareRoot())
}

/// Pearson's correlation of two samples of one length.
func correlation(_ a: [Double], _ b: [Double]) -> Double {
  let (meanA, deviationA) = moments(a)
  let (meanB, deviationB) = moments(b)
  let products = zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) }
  return products / Double(a.count - 1) / deviationA / deviationB
}
