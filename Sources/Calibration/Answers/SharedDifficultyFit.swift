internal import AnswerModels
internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// How much of a query's difficulty models share: ρ, from how often a stronger model is right where
/// a weaker one is wrong.
struct SharedDifficultyFit {
  /// A weaker and a stronger model, by index.
  struct Pair: Hashable {
    var weak: Int
    var strong: Int
  }

  /// The chance of a right answer given the shared difficulty, averaged over everything else.
  struct Model {
    private let law: AnswerLaw
    private let curve: AdvantageCurve?

    init(_ law: AnswerLaw) {
      self.law = law
      curve = law.advantageCurve()
    }

    /// At every node of `Nodes`, for an answerable query.
    func chances(shared rho: Double) -> [Double] {
      let spread = (1 - rho).squareRoot()
      return Nodes.points.map { z in
        guard spread > 0 else { return law.meanChance(suitability: -z, curve: curve) }
        var sum = 0.0
        for (e, weight) in zip(Nodes.points, Nodes.weights) {
          sum +=
            weight
            * law.meanChance(suitability: -rho.squareRoot() * z - spread * e, curve: curve)
        }
        return sum
      }
    }
  }

  /// The standard normal distribution at evenly spaced points.
  enum Nodes {
    static let points = (-20...20).map { Double($0) * 0.28 }
    static let weights = points.map { 0.28 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }
  }

  private let response: ItemResponse
  private let models: [Model?]
  private let accuracies: [Double?]

  /// `accuracies` are the models' own; a model whose accuracy no law reaches takes no part.
  init(accuracies: [Double?], answers: AnswerSpace, response: ItemResponse) throws {
    let solver = try AbilitySolver(task: "of the fit", answers: answers, response: response)
    self.response = response
    self.accuracies = accuracies
    models = accuracies.map { accuracy in
      accuracy.flatMap { try? solver.law(accuracy: answers.reachable($0)) }.map(Model.init)
    }
  }

  /// P(strong right | weak wrong) of every pair at ρ; nil where a model takes no part.
  func rescues(_ pairs: [Pair], shared rho: Double) -> [Double?] {
    let curves = models.map { $0?.chances(shared: rho) }
    let badKeys = response.unanswerableShare
    let onBadKey = response.unanswerableAccuracy
    return pairs.map { pair in
      guard let weak = curves[pair.weak], let strong = curves[pair.strong],
        let accuracy = accuracies[pair.weak]
      else { return nil }
      var both = 0.0
      for (index, weight) in Nodes.weights.enumerated() {
        both += weight * (1 - weak[index]) * strong[index]
      }
      return ((1 - badKeys) * both + badKeys * (1 - onBadKey) * onBadKey) / max(1 - accuracy, 1e-9)
    }
  }

  /// The ρ, and its standard error, that comes nearest to `observed` shares of `pairs`.
  func fit(_ pairs: [Pair], observed: [Double]) throws -> (value: Double, error: Double) {
    let logistic = { (x: Double) in 1 / (1 + exp(-x)) }
    // At the border itself the logit has no value.
    let start = min(max(response.sharedDifficulty, 0.01), 0.99)
    let fit = try LeastSquares.fit(
      start: [log(start / (1 - start))],
      residualCount: pairs.count + 1
    ) { parameters, residuals in
      let predicted = rescues(pairs, shared: logistic(parameters[0]))
      for index in pairs.indices {
        residuals[index] = (predicted[index] ?? observed[index]) - observed[index]
      }
      // Keeps the search from running away where the data want the border; weighs nothing else.
      residuals[pairs.count] = 1e-3 * parameters[0]
    }
    let value = logistic(fit.parameters[0])
    return (value, value * (1 - value) * fit.standardErrors[0])
  }

  /// All pairs of a weaker and a stronger model.
  static func pairs(_ accuracies: [Double?]) -> [Pair] {
    let order = accuracies.indices.filter { accuracies[$0] != nil }.sorted {
      (accuracies[$0] ?? 0, $0) < (accuracies[$1] ?? 0, $1)
    }
    return order.indices.flatMap { position in
      order[(position + 1)...].map { Pair(weak: order[position], strong: $0) }
    }
  }
}
