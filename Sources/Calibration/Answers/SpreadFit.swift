internal import AnswerModels
internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// The spreads of right and wrong answers and their growth with accuracy, from repeated samples.
///
/// Each model gives three moments over its questions, free of the bias of few samples: the gain of
/// a vote of three, the chance that two samples are right, and that two give the same wrong answer.
/// All models of a task share the three parameters; their own ability follows from their accuracy.
struct SpreadFit {
  /// s, s_w at even odds and g, with standard errors.
  struct Result {
    var abilitySpread: Double
    var wrongAnswerSpread: Double
    var growth: Double
    var errors: [Double]

    func response(sharedDifficulty: Double) throws(AnswerModelError) -> ItemResponse {
      try ItemResponse(
        curve: .softmax(spread: abilitySpread, growth: growth),
        wrongAnswerSpread: wrongAnswerSpread, sharedDifficulty: sharedDifficulty)
    }
  }

  /// What is believed before the data speak: centers of ln s, ln s_w and g.
  struct Prior {
    var abilitySpread: Double
    var wrongAnswerSpread: Double
    var growth: Double
  }

  private struct Run {
    var accuracy: Double
    var moments: [Double]
    var errors: [Double]
  }

  /// Wide enough to leave the word to the data wherever they have one.
  private static let priorWidths = [0.7, 0.7, 0.15]
  /// Accuracies nearer to 0 or 1 tell nothing of spreads.
  private static let tellingAccuracies = 0.02...0.98
  /// Spread of the misfit of a simple model, below which no error of a moment counts.
  private static let leastError = 0.003
  /// The chance of equal wrong answers matters least to what is predicted.
  private static let weights = [1.0, 1.0, 0.3]

  /// Growth and spreads make up for each other: the valley is long, and some folds take a hundred
  /// steps and more along it.
  private static let mostIterations = 2_000

  private let runs: [Run]
  private let prior: Prior
  private let latent: LatentQueries
  private let answers: AnswerSpace
  /// Least accuracy that a model of this answer space has.
  private let floor: Double

  /// `training` says which questions count.
  init(
    _ table: AnswerTable, training: [Bool], answers: AnswerSpace, prior: Prior,
    latent: LatentQueries
  ) {
    self.prior = prior
    self.latent = latent
    self.answers = answers
    let floor = answers.guessingAccuracy
    self.floor = floor
    runs = table.cells.compactMap { row in
      let cells = zip(row, training).compactMap { $1 ? $0 : nil }.filter { $0.samples >= 3 }
      guard let run = Self.run(cells), Self.tellingAccuracies.contains(run.accuracy),
        run.accuracy > floor + 0.01
      else { return nil }
      return run
    }
  }

  /// Models that have a say.
  var runCount: Int { runs.count }

  private static func run(_ cells: [AnswerCell]) -> Run? {
    guard cells.count >= 5 else { return nil }
    let values = cells.map { cell -> [Double] in
      let pairs = Double(cell.samples * (cell.samples - 1))
      let gain = (VoteChance.recorded(cell, votes: 3) ?? 0) - cell.shareRight
      let bothRight = Double(cell.right * (cell.right - 1)) / pairs
      let sameWrong = cell.wrong.reduce(0.0) { $0 + Double($1 * ($1 - 1)) } / pairs
      return [gain, bothRight, sameWrong]
    }
    let count = Double(cells.count)
    var moments: [Double] = []
    var errors: [Double] = []
    for k in 0..<3 {
      let mean = values.reduce(0) { $0 + $1[k] } / count
      let variance = values.reduce(0) { $0 + ($1[k] - mean) * ($1[k] - mean) } / count
      moments.append(mean)
      errors.append(max((variance / count).squareRoot(), leastError))
    }
    let accuracy = cells.reduce(0) { $0 + $1.shareRight } / count
    return Run(accuracy: accuracy, moments: moments, errors: errors)
  }

  func fit() throws -> Result {
    let start = [log(prior.abilitySpread), log(max(prior.wrongAnswerSpread, 0.1)), prior.growth]
    let fit = try LeastSquares.fit(
      start: start, residualCount: 3 * runs.count + 3, maxIterations: Self.mostIterations
    ) { parameters, residuals in
      for (index, run) in runs.enumerated() {
        let predicted = moments(parameters, accuracy: run.accuracy)
        for k in 0..<3 {
          residuals[3 * index + k] =
            Self.weights[k].squareRoot() * (predicted[k] - run.moments[k]) / run.errors[k]
        }
      }
      for k in 0..<3 {
        residuals[3 * runs.count + k] = (parameters[k] - start[k]) / Self.priorWidths[k]
      }
    }
    let values = [exp(fit.parameters[0]), exp(fit.parameters[1]), fit.parameters[2]]
    return Result(
      abilitySpread: values[0], wrongAnswerSpread: values[1], growth: values[2],
      errors: [
        values[0] * fit.standardErrors[0], values[1] * fit.standardErrors[1],
        fit.standardErrors[2],
      ])
  }

  /// The three moments at ln s, ln s_w and g for a model of this accuracy.
  private func moments(_ parameters: [Double], accuracy: Double) -> [Double] {
    let odds = accuracy / (1 - accuracy)
    let factor = pow(odds, min(max(parameters[2], -1), 1))
    let spread = min(max(factor * exp(parameters[0]), 0.1), 20)
    let wrongSpread = min(factor * exp(parameters[1]), 20)
    var weights: [Weights] = []
    weights.reserveCapacity(latent.count)
    for index in 0..<latent.count { weights.append(self.weights(index, wrongSpread)) }
    func chance(_ index: Int, _ ability: Double) -> Double {
      let known = exp(min(ability - spread * latent.difficulty(index), 600))
      let right = (answers.isMultipleChoice ? 1 + known : known) * weights[index].own
      return right / (right + weights[index].wrong)
    }
    func meanError(_ ability: Double) -> Double {
      (0..<latent.count).reduce(0) { $0 + chance($1, ability) } / Double(latent.count) - accuracy
    }
    guard let ability = try? RootFinding.root(in: -80...120, of: meanError) else {
      return [.nan, .nan, .nan]
    }
    var (second, third, same, mixed) = (0.0, 0.0, 0.0, 0.0)
    for index in 0..<latent.count {
      let p = chance(index, ability)
      let squares = (1 - p) * (1 - p) * weights[index].sameWrong
      second += p * p
      third += p * p * p
      same += squares
      mixed += p * squares
    }
    let count = Double(latent.count)
    return [(second - third - mixed) / count, second / count, same / count]
  }

  /// Of one query: e^(s_w·w₀) of the right answer, the sum of the wrong ones, and the chance that
  /// two wrong answers are equal.
  private struct Weights {
    var own: Double
    var wrong: Double
    var sameWrong: Double
  }

  private func weights(_ index: Int, _ spread: Double) -> Weights {
    var pulls = latent.pulls(index)
    let own = answers.isMultipleChoice ? exp(spread * (pulls.popFirst() ?? 0)) : 1
    var sum = 0.0
    var squares = 0.0
    for pull in pulls.prefix(answers.wrongAnswers) {
      let weight = exp(spread * pull)
      sum += weight
      squares += weight * weight
    }
    return Weights(own: own, wrong: sum, sameWrong: squares / (sum * sum))
  }
}
