internal import AnswerModels
internal import NumericalMethods

/// A fixed set of queries with their latent variables, over which a law's moments and votes are
/// means: Sobol's points, so that a fit sees a smooth function.
struct LatentQueries {
  let count: Int
  /// By query: z and e on the normal scale, then the pulls.
  private let points: [Double]
  private let dimensions: Int

  /// For laws with up to `pulls` pulls.
  init(count: Int, pulls: Int) throws {
    self.count = count
    dimensions = pulls + 2
    points = try SobolSequence.normalPoints(count, dimensions: dimensions)
  }

  /// Difficulty of query `index`, standard normal.
  func difficulty(_ index: Int) -> Double { points[index * dimensions] }

  /// How well query `index` suits a model, of which the difficulty is the share ρ.
  func suitability(_ index: Int, shared: Double) -> Double {
    -(shared.squareRoot() * points[index * dimensions]
      + (1 - shared).squareRoot() * points[index * dimensions + 1])
  }

  func pulls(_ index: Int) -> ArraySlice<Double> {
    points[(index * dimensions + 2)..<((index + 1) * dimensions)]
  }

  /// The mean of `value(chance of right, chances of wrong)` over the queries.
  func mean(of law: AnswerLaw, _ value: (Int, Double, [Double]) -> Double) -> Double {
    let response = law.response
    var wrong: [Double] = []
    var sum = 0.0
    for index in 0..<count {
      let zeta = suitability(index, shared: response.sharedDifficulty)
      let right = law.chances(suitability: zeta, pulls: pulls(index), into: &wrong)
      sum += value(index, right, wrong)
    }
    return sum / Double(count)
  }

  /// Right answers of a vote of k beyond those of one sample.
  func voteGain(of law: AnswerLaw, votes: [Int]) -> [Double] {
    let response = law.response
    var sums = [Double](repeating: 0, count: votes.count)
    var wrong: [Double] = []
    for index in 0..<count {
      let zeta = suitability(index, shared: response.sharedDifficulty)
      let right = law.chances(suitability: zeta, pulls: pulls(index), into: &wrong)
      for (position, k) in votes.enumerated() {
        sums[position] += VoteChance.expected(right: right, wrong: wrong, votes: k) - right
      }
    }
    return sums.map { $0 / Double(count) * (1 - response.unanswerableShare) }
  }
}
