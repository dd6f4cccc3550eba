internal import NumericalMethods
internal import Workloads

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// Draws the answers that one arm gives to a query of one judged task.
///
/// Answer 0 is the right one, 1...M are the wrong ones.
final class AnswerSampler: Sendable {
  private let law: AnswerLaw
  private let response: ItemResponse
  private let wrongAnswers: Int
  private let samples: Int
  private let badKey: RandomStream
  private let affinity: RandomStream
  private let pulls: RandomStream
  private let rightPull: RandomStream
  private let draws: RandomStream
  private let ties: RandomStream
  /// √ρ and √(1-ρ).
  private let difficultyWeight: Double
  private let affinityWeight: Double
  private let normal = TabulatedQuantile.standardNormal
  /// exp(s_w·w) of an answer by its uniform draw.
  private let pullWeight: TabulatedQuantile

  init(law: AnswerLaw, arm: ArmSpecification, seed: UInt64) {
    self.law = law
    response = law.response
    wrongAnswers = law.wrongAnswers
    difficultyWeight = response.sharedDifficulty.squareRoot()
    affinityWeight = (1 - response.sharedDifficulty).squareRoot()
    pullWeight = TabulatedQuantile(
      LogNormalDistribution(logMean: 0, logSD: law.wrongAnswerSpread))
    samples = arm.strategy.samples
    // A bad key is the query's, its pulls and its special difficulty the model's in any mode;
    // only the draws belong to the mode.
    let model = arm.modelName
    let mode = arm.strategy.mode.rawValue
    badKey = RandomStream(seed: seed, purpose: "bad key")
    affinity = RandomStream(seed: seed, purpose: "affinity/\(model)")
    pulls = RandomStream(seed: seed, purpose: "wrong answers/\(model)")
    rightPull = RandomStream(seed: seed, purpose: "right answer/\(model)")
    draws = RandomStream(seed: seed, purpose: "answer/\(model)/\(mode)")
    ties = RandomStream(seed: seed, purpose: "vote tie/\(model)/\(mode)")
  }

  /// Whether the arm's final answer is right. Allocates nothing on the heap.
  func isCorrect(_ query: Query) -> Bool {
    guard samples > 1 else { return isSingleSampleCorrect(query) }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: wrongAnswers) { cumulative in
      let pullSum = fillPulls(cumulative, of: query.id)
      let chance = chanceOfRight(query, pullSum: pullSum)
      return withUnsafeTemporaryAllocation(of: Int.self, capacity: wrongAnswers + 1) { counts in
        counts.initialize(repeating: 0)
        for sample in 0..<samples {
          let luck = draws.uniform(id: query.id, index: UInt64(sample))
          counts[Self.answer(luck, chance: chance, cumulative: cumulative)] += 1
        }
        let luck = ties.uniform(id: query.id, index: UInt64(samples))
        return MajorityVote.winner(UnsafeBufferPointer(counts), tieBreak: luck) == 0
      }
    }
  }

  /// The answers of some samples, by their numbers.
  func answers(of query: Query, samples: some Sequence<Int>) -> [Int] {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: wrongAnswers) { cumulative in
      let pullSum = fillPulls(cumulative, of: query.id)
      let chance = chanceOfRight(query, pullSum: pullSum)
      return samples.map { sample in
        let luck = draws.uniform(id: query.id, index: UInt64(sample))
        return Self.answer(luck, chance: chance, cumulative: cumulative)
      }
    }
  }

  /// The luck of a tie of `votes` votes, uniform on (0, 1).
  func tieBreak(of query: Query, votes: Int) -> Double {
    ties.uniform(id: query.id, index: UInt64(votes))
  }

  /// Whether the luck of the only sample is below `chanceOfRight`, with as few of the wrong
  /// answers as it takes to tell.
  private func isSingleSampleCorrect(_ query: Query) -> Bool {
    let luck = draws.uniform(id: query.id)
    guard !hasBadKey(query.id) else { return luck < response.unanswerableAccuracy }
    if case .beta(let beta) = law.chance { return luck < chance(beta, query) }
    // Right while weight / (weight + sum) is above the luck.
    let largestSum = weightOfRight(query) * (1 - luck) / luck
    var sum = 0.0
    var drawn = 0
    while drawn < wrongAnswers {
      let luck = pulls.uniforms(id: query.id, index: UInt64(drawn / 2))
      sum += pullWeight.quantile(luck.0)
      if drawn + 1 < wrongAnswers { sum += pullWeight.quantile(luck.1) }
      guard sum < largestSum else { return false }
      drawn += 2
    }
    return true
  }

  /// The chance that one sample answers `query` right.
  func chanceOfRight(_ query: Query) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: wrongAnswers) { cumulative in
      chanceOfRight(query, pullSum: fillPulls(cumulative, of: query.id))
    }
  }

  private func chanceOfRight(_ query: Query, pullSum: Double) -> Double {
    guard !hasBadKey(query.id) else { return response.unanswerableAccuracy }
    if case .beta(let beta) = law.chance { return chance(beta, query) }
    let odds = weightOfRight(query) / pullSum
    return odds.isInfinite ? 1 : odds / (1 + odds)
  }

  private func chance(_ beta: BetaDistribution, _ query: Query) -> Double {
    // Uniform draws stay this far from the ends, where the quantile is exact.
    beta.quantile(min(max(StandardNormal.cdf(suitability(query)), 0x1p-53), 1 - 0x1p-53))
  }

  private func hasBadKey(_ id: UInt64) -> Bool {
    response.unanswerableShare > 0 && badKey.uniform(id: id) < response.unanswerableShare
  }

  /// ζ of the query for the model.
  private func suitability(_ query: Query) -> Double {
    let z = normal.quantile(query.difficulty)
    let e = normal.quantile(affinity.uniform(id: query.id))
    return -difficultyWeight * z - affinityWeight * e
  }

  /// The right answer's weight beside exp(s_w·w_j) of the wrong ones.
  private func weightOfRight(_ query: Query) -> Double {
    let weight = exp(law.knowledge(suitability(query)))
    guard case .choices = law.chance else { return weight }
    return (1 + weight) * pullWeight.quantile(rightPull.uniform(id: query.id))
  }

  /// Fills in the running sums of the wrong answers' weights and returns the last. Two of them
  /// share a draw.
  private func fillPulls(_ cumulative: UnsafeMutableBufferPointer<Double>, of id: UInt64) -> Double
  {
    var sum = 0.0
    for first in stride(from: 0, to: wrongAnswers, by: 2) {
      let luck = pulls.uniforms(id: id, index: UInt64(first / 2))
      sum += pullWeight.quantile(luck.0)
      cumulative.initializeElement(at: first, to: sum)
      guard first + 1 < wrongAnswers else { break }
      sum += pullWeight.quantile(luck.1)
      cumulative.initializeElement(at: first + 1, to: sum)
    }
    return sum
  }

  /// The answer that `luck`, uniform on (0, 1), picks: 0 with probability `chance`, else a wrong
  /// one by its weight.
  private static func answer(
    _ luck: Double, chance: Double, cumulative: UnsafeMutableBufferPointer<Double>
  ) -> Int {
    guard luck >= chance else { return 0 }
    let last = cumulative.count - 1
    let target = (luck - chance) / (1 - chance) * cumulative[last]
    var index = 0
    while index < last, cumulative[index] <= target { index += 1 }
    return index + 1
  }
}
