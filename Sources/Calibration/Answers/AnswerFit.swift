public import AnswerModels
public import Foundation
internal import NumericalMethods
internal import Scenarios

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// A task fitted to a user's results per question, with a check on questions left out.
public struct AnswerFit: Sendable {
  /// Below this a fit says nothing.
  static let leastQuestions = 20
  /// Every fifth question, in a random order, is left out of the fit.
  private static let leftOutPart = 5
  /// Samples a question from which spreads can be told.
  private static let samplesForSpreads = 3.0

  /// A fitted number and its standard error.
  public struct Figure: Hashable, Sendable {
    public var value: Double
    public var error: Double
    public var source: String
  }

  /// How far a prediction for the questions left out is from what happened, and so the reference.
  public struct CheckLine: Hashable, Sendable {
    public var quantity: String
    public var items: Int
    public var model: Double
    public var reference: Double
  }

  public let answers: AnswerSpace
  /// By their key in the sheet.
  public private(set) var parameters: [(key: String, figure: Figure)] = []
  public private(set) var accuracies: [(model: String, figure: Figure)] = []
  public private(set) var check: [CheckLine] = []
  public let questions: Int
  public let leftOut: Int

  /// Fits the results in the file at `url`; `like` is the sheet whose item response is where the
  /// search starts and what the results cannot tell.
  public init(results url: URL, answers: AnswerSpace, like: TaskSheet) throws {
    guard let prior = like.itemResponse else {
      throw InputError(
        problem: "task \(like.name) is not judged", expectation: "a judged task to start from")
    }
    let table = try AnswerMatrixReader.read(url)
    let stream = RandomStream(seed: 1, purpose: "questions left out")
    let order = table.questions.indices.sorted {
      (stream.bits(id: UInt64($0)), $0) < (stream.bits(id: UInt64($1)), $1)
    }
    var training = [Bool](repeating: true, count: table.questions.count)
    for (position, question) in order.enumerated() where position % Self.leftOutPart == 0 {
      training[question] = false
    }
    self.answers = answers
    questions = training.count { $0 }
    leftOut = training.count - questions
    try fit(table, training, prior, likeName: like.name, file: url.lastPathComponent)
  }

  private mutating func fit(
    _ table: AnswerTable, _ training: [Bool], _ prior: ItemResponse, likeName: String,
    file: String
  ) throws {
    let source = "fit to \(file): \(questions) questions, \(table.models.count) models"
    var response = prior
    try fitCurve(table, training, &response, source: source, likeName: likeName)
    let own = table.models.indices.map { table.accuracy(of: $0, over: training) }
    try fitShared(table, training, own, &response, source: source, likeName: likeName)
    if prior.unanswerableShare > 0 {
      keep("unanswerable_share", prior.unanswerableShare, likeName)
      keep("unanswerable_accuracy", prior.unanswerableAccuracy, likeName)
    }
    for (model, accuracy) in zip(table.models, own) {
      guard let accuracy else { continue }
      let value = answers.reachable(accuracy)
      accuracies.append(
        (
          model,
          Figure(
            value: value, error: (value * (1 - value) / Double(questions)).squareRoot(),
            source: "share right over the \(questions) questions of \(file) that were fitted")
        ))
    }
    try checkLeftOut(table, training, own, response)
  }

  private mutating func keep(_ key: String, _ value: Double, _ like: String) {
    parameters.append(
      (key, Figure(value: value, error: value, source: "\(like).yaml: not to be told from these"))
    )
  }

  /// Spreads, or the concentration, where there are enough samples of a question.
  private mutating func fitCurve(
    _ table: AnswerTable, _ training: [Bool], _ response: inout ItemResponse, source: String,
    likeName: String
  ) throws {
    let samples = table.cells.flatMap { $0 }.compactMap { $0?.samples }
    let isRepeated =
      Double(samples.reduce(0, +)) / Double(max(samples.count, 1))
      >= Self.samplesForSpreads
    switch response.curve {
    case .beta(let concentration):
      guard isRepeated else { return keep("success_concentration", concentration, likeName) }
      let rows = table.cells.map { zip($0, training).compactMap { $1 ? $0 : nil } }
      let fit = ConcentrationFit.fit(rows.filter { !$0.isEmpty })
      response.curve = .beta(concentration: fit.value)
      parameters.append(
        (
          "success_concentration",
          Figure(value: fit.value, error: fit.value * fit.logError, source: source)
        ))
      keep("wrong_answer_spread", response.wrongAnswerSpread, likeName)
    case .softmax(let spread, let growth):
      guard isRepeated else {
        keep("ability_spread", spread, likeName)
        keep("wrong_answer_spread", response.wrongAnswerSpread, likeName)
        return keep("spread_growth", growth, likeName)
      }
      let pulls = answers.wrongAnswers + (answers.isMultipleChoice ? 1 : 0)
      let fit = try SpreadFit(
        table, training: training, answers: answers,
        prior: .init(
          abilitySpread: spread, wrongAnswerSpread: response.wrongAnswerSpread, growth: growth),
        latent: LatentQueries(count: 512, pulls: pulls)
      ).fit()
      response.curve = .softmax(spread: fit.abilitySpread, growth: fit.growth)
      response.wrongAnswerSpread = fit.wrongAnswerSpread
      let keys = ["ability_spread", "wrong_answer_spread", "spread_growth"]
      let values = [fit.abilitySpread, fit.wrongAnswerSpread, fit.growth]
      for (index, key) in keys.enumerated() {
        parameters.append(
          (key, Figure(value: values[index], error: fit.errors[index], source: source)))
      }
    }
  }

  private mutating func fitShared(
    _ table: AnswerTable, _ training: [Bool], _ own: [Double?], _ response: inout ItemResponse,
    source: String, likeName: String
  ) throws {
    let pairs = SharedDifficultyFit.pairs(own)
    guard !pairs.isEmpty else {
      return keep("shared_difficulty", response.sharedDifficulty, likeName)
    }
    let fit = try SharedDifficultyFit(accuracies: own, answers: answers, response: response)
    let observed = pairs.map { RescueCheck.item(table, $0).ratio(training) ?? 0 }
    let shared = try fit.fit(pairs, observed: observed)
    response.sharedDifficulty = shared.value
    parameters.append(
      ("shared_difficulty", Figure(value: shared.value, error: shared.error, source: source)))
  }

  private mutating func checkLeftOut(
    _ table: AnswerTable, _ training: [Bool], _ own: [Double?], _ response: ItemResponse
  ) throws {
    let left = training.map { !$0 }
    func add(_ quantity: String, _ rows: [(model: Double?, reference: Double, observed: Double?)]) {
      let known = rows.compactMap { row in
        row.model.flatMap { model in row.observed.map { (model, row.reference, $0) } }
      }
      guard !known.isEmpty else { return }
      let count = Double(known.count)
      check.append(
        CheckLine(
          quantity: quantity, items: known.count,
          model: known.reduce(0) { $0 + abs($1.0 - $1.2) } / count,
          reference: known.reduce(0) { $0 + abs($1.1 - $1.2) } / count))
    }
    let known = own.compactMap { $0 }
    let mean = known.reduce(0, +) / Double(max(known.count, 1))
    add(
      "accuracy of a model (other: the mean of all)",
      own.indices.map { (own[$0].map(answers.reachable), mean, table.accuracy(of: $0, over: left)) }
    )
    let pairs = SharedDifficultyFit.pairs(own)
    let fit = try SharedDifficultyFit(accuracies: own, answers: answers, response: response)
    let rescues = fit.rescues(pairs, shared: response.sharedDifficulty)
    add(
      "P(strong right given weak wrong) (other: independence)",
      pairs.indices.map {
        (rescues[$0], own[pairs[$0].strong] ?? 0, RescueCheck.item(table, pairs[$0]).ratio(left))
      })
  }
}
