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
struct AnswerSampler: Sendable {
  private let response: ItemResponse
  private let wrongAnswers: Int
  /// μ of the arm's model and mode.
  private let ability: Double
  private let samples: Int
  private let badKey: RandomStream
  private let affinity: RandomStream
  private let pulls: RandomStream
  private let draws: RandomStream
  private let ties: RandomStream

  init(
    response: ItemResponse, wrongAnswers: Int, ability: Double, arm: ArmSpecification,
    seed: UInt64
  ) {
    self.response = response
    self.wrongAnswers = wrongAnswers
    self.ability = ability
    samples = arm.strategy.samples
    // A bad key is the query's, its pulls and its special difficulty the model's in any mode;
    // only the draws belong to the mode.
    let model = arm.modelName
    let mode = arm.strategy.mode.rawValue
    badKey = RandomStream(seed: seed, purpose: "bad key")
    affinity = RandomStream(seed: seed, purpose: "affinity/\(model)")
    pulls = RandomStream(seed: seed, purpose: "wrong answers/\(model)")
    draws = RandomStream(seed: seed, purpose: "answer/\(model)/\(mode)")
    ties = RandomStream(seed: seed, purpose: "vote tie/\(model)/\(mode)")
  }

  /// Whether the arm's final answer is right. Allocates nothing on the heap.
  func isCorrect(_ query: Query) -> Bool {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: wrongAnswers) { cumulative in
      let pullSum = fillPulls(cumulative, of: query.id)
      let chance = chanceOfRight(query, pullSum: pullSum)
      guard samples > 1 else { return draws.uniform(id: query.id) < chance }
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

  /// The chance that one sample answers `query` right.
  func chanceOfRight(_ query: Query) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: wrongAnswers) { cumulative in
      chanceOfRight(query, pullSum: fillPulls(cumulative, of: query.id))
    }
  }

  private func chanceOfRight(_ query: Query, pullSum: Double) -> Double {
    if response.unanswerableShare > 0,
      badKey.uniform(id: query.id) < response.unanswerableShare
    {
      return response.unanswerableAccuracy
    }
    let shared = response.sharedDifficulty
    let z = StandardNormal.quantile(query.difficulty)
    let e = StandardNormal.quantile(affinity.uniform(id: query.id))
    let zeta = -(shared.squareRoot() * z + (1 - shared).squareRoot() * e)
    let odds = exp(ability + response.abilitySpread * zeta) / pullSum
    let known = odds.isInfinite ? 1 : odds / (1 + odds)
    return response.guessingFloor + (1 - response.guessingFloor) * known
  }

  /// Fills in the running sums of the wrong answers' weights and returns the last.
  private func fillPulls(_ cumulative: UnsafeMutableBufferPointer<Double>, of id: UInt64) -> Double
  {
    var sum = 0.0
    for index in 0..<wrongAnswers {
      let w = StandardNormal.quantile(pulls.uniform(id: id, index: UInt64(index)))
      sum += exp(response.wrongAnswerSpread * w)
      cumulative.initializeElement(at: index, to: sum)
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
