internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// How one model in one mode answers a task: everything but the luck of the draw.
public struct AnswerLaw: Sendable {
  enum Chance: Sendable {
    /// The right answer weighs e^x.
    case open
    /// The right option weighs (1 + e^x) times its own pull.
    case choices
    /// The chance is the quantile of a beta distribution at Φ(ζ).
    case beta(BetaDistribution)
  }

  let chance: Chance
  public let wrongAnswers: Int
  /// μ: log weight of the right answer at ζ = 0. Without meaning for a beta law.
  public let ability: Double
  /// s of this model.
  public let abilitySpread: Double
  /// s_w of this model.
  public let wrongAnswerSpread: Double
  public let response: ItemResponse

  /// x = μ + s·ζ.
  func knowledge(_ zeta: Double) -> Double { ability + abilitySpread * zeta }
}

extension AnswerLaw {
  /// The chance of a right answer on a query whose answerable part suits the model as `zeta` says,
  /// averaged over the pulls of the answers.
  public func meanChance(suitability zeta: Double, curve: AdvantageCurve?) -> Double {
    switch chance {
    case .open, .choices: curve?.chance(knowledge(zeta)) ?? .nan
    case .beta(let law): law.quantile(min(max(StandardNormal.cdf(zeta), 1e-15), 1 - 1e-15))
    }
  }

  /// The curve that `meanChance` reads; none for a beta law, which needs none.
  public func advantageCurve() -> AdvantageCurve? {
    switch chance {
    case .open, .choices:
      AdvantageCurve(
        wrongAnswerSpread: wrongAnswerSpread, wrongAnswers: wrongAnswers,
        choices: chance.isChoices)
    case .beta: nil
    }
  }

  /// The chances of the right answer and of each wrong one for one query, `pulls` being standard
  /// normal: on choices the right option's first, then one per wrong answer.
  public func chances(
    suitability zeta: Double, pulls: ArraySlice<Double>, into wrong: inout [Double]
  ) -> Double {
    wrong.removeAll(keepingCapacity: true)
    var pulls = pulls
    var right = exp(min(knowledge(zeta), 600))
    if chance.isChoices, let own = pulls.popFirst() {
      right = (1 + right) * exp(wrongAnswerSpread * own)
    }
    for pull in pulls.prefix(wrongAnswers) { wrong.append(exp(wrongAnswerSpread * pull)) }
    let total = wrong.reduce(0, +)
    var chanceOfRight = right / (right + total)
    if case .beta = chance { chanceOfRight = meanChance(suitability: zeta, curve: nil) }
    for index in wrong.indices { wrong[index] *= (1 - chanceOfRight) / total }
    return chanceOfRight
  }

  /// Standard normal draws that `chances` needs beside ζ.
  public var pullCount: Int { wrongAnswers + (chance.isChoices ? 1 : 0) }
}

extension AnswerLaw.Chance {
  var isChoices: Bool {
    if case .choices = self { true } else { false }
  }
}
