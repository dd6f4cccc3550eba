internal import AnswerModels
internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// Spreads and bad keys of a task from votes of many samples, given each model's single sample.
struct LargeVoteFit {
  struct Row {
    var single: Double
    var voted: Double
  }

  let votes: Int
  let answers: AnswerSpace
  let latent: LatentQueries
  /// Where the search starts and what few rows fall back on.
  let start: ItemResponse

  /// Widths of what is believed of ln s, ln s_w and logit ε before the rows speak, in units of
  /// which a misfit of `rowError` in a vote counts as one.
  private static let priorWidths = [1.0, 1.0, 1.0]
  private static let rowError = 0.01

  func fit(_ rows: [Row]) throws -> ItemResponse {
    guard case .softmax(let spread, let growth) = start.curve else { return start }
    let center = [
      log(spread), log(start.wrongAnswerSpread),
      log(start.unanswerableShare / (1 - start.unanswerableShare)),
    ]
    let fit = try LeastSquares.fit(start: center, residualCount: rows.count + center.count) {
      parameters, residuals in
      let candidate = try? response(parameters, growth: growth)
      for (index, row) in rows.enumerated() {
        let predicted = candidate.flatMap { try? prediction(row.single, $0) } ?? .nan
        residuals[index] = (predicted - row.voted) / Self.rowError
      }
      for k in center.indices {
        residuals[rows.count + k] = (parameters[k] - center[k]) / Self.priorWidths[k]
      }
    }
    return try response(fit.parameters, growth: growth)
  }

  private func response(
    _ parameters: [Double], growth: Double
  ) throws(AnswerModelError) -> ItemResponse {
    try ItemResponse(
      curve: .softmax(spread: exp(parameters[0]), growth: growth),
      wrongAnswerSpread: exp(parameters[1]), sharedDifficulty: start.sharedDifficulty,
      unanswerableShare: 1 / (1 + exp(-parameters[2])),
      unanswerableAccuracy: start.unanswerableAccuracy)
  }

  /// The vote's accuracy of a model that is right with `single`. A bad key loses every vote.
  func prediction(_ single: Double, _ response: ItemResponse) throws -> Double {
    let solver = try AbilitySolver(task: "of the fit", answers: answers, response: response)
    let law = try solver.law(accuracy: single)
    let voted = latent.mean(of: law) { _, right, wrong in
      VoteChance.expected(right: right, wrong: wrong, votes: votes)
    }
    return (1 - response.unanswerableShare) * voted
  }
}
