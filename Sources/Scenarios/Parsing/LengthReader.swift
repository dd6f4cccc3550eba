/// Reads distributions of counts: of tokens, or of turns.
struct LengthReader {
  /// Most tokens that any length may be asked for.
  static let most = 10_000_000

  /// What is counted, as errors say it.
  private let unit: String
  private let most: Int

  /// `512`, or `{lognormal: {mean: 180, ln_sd: 0.5}, max: 4000}` and its like.
  static func read(_ value: YAMLValue) throws -> LengthSpecification {
    try read(value, unit: "tokens", most: most)
  }

  static func read(_ value: YAMLValue, unit: String, most: Int) throws -> LengthSpecification {
    try LengthReader(unit: unit, most: most).length(value)
  }

  private func length(_ value: YAMLValue) throws -> LengthSpecification {
    guard value.isMapping else {
      guard let count = try? value.int(in: 1...most) else {
        throw value.isNot(
          "a number of \(unit) ≥ 1 and ≤ \(most), or a mapping with exponential, lognormal, "
            + "gamma or quantiles")
      }
      return LengthSpecification(law: .constant(count), longest: nil)
    }
    return try value.mapping { yaml in
      let law = try law(yaml, at: value)
      let longest = try yaml.optional("max")?.int(in: 1...most)
      return LengthSpecification(
        law: law, longest: longest ?? (most == Self.most ? nil : most))
    }
  }

  private func law(_ yaml: YAMLMapping, at value: YAMLValue) throws -> LengthLaw {
    let exponential = try yaml.optional("exponential")?.mapping {
      LengthLaw.exponential(mean: try mean($0))
    }
    let logNormal = try yaml.optional("lognormal")?.mapping {
      LengthLaw.logNormal(
        mean: try mean($0), logSD: try $0["ln_sd"].double(.between(0...5)))
    }
    let gamma = try yaml.optional("gamma")?.mapping {
      LengthLaw.gamma(
        mean: try mean($0), coefficientOfVariation: try $0["cv"].double(.between(0.01...100)))
    }
    let quantiles = try yaml.optional("quantiles").map(quantiles)
    let given = [exponential, logNormal, gamma, quantiles].compactMap(\.self)
    guard given.count == 1 else {
      try unknownKeyFirst(yaml)
      throw value.error(
        "\(value.label) names \(given.count) distributions",
        expected: "one of exponential, lognormal, gamma, quantiles")
    }
    return given[0]
  }

  /// Where no distribution was found, a misspelt one is the likeliest reason.
  private func unknownKeyFirst(_ yaml: YAMLMapping) throws {
    _ = yaml.optional("max")
    try yaml.finish()
  }

  private func mean(_ yaml: YAMLMapping) throws -> Double {
    try yaml["mean"].double(.between(1...Double(most)))
  }

  /// `[[0, 3], [0.5, 120], [1, 4000]]`, straight between the knots, or
  /// `{knots: […], interpolation: steffen}`.
  private func quantiles(_ value: YAMLValue) throws -> LengthLaw {
    var list = value
    var isSmooth = false
    if value.isMapping {
      (list, isSmooth) = try value.mapping { yaml in
        let names = ["linear", "steffen"]
        let knots = try yaml["knots"]
        return (
          knots, try yaml.optional("interpolation")?.choice(among: names) == "steffen"
        )
      }
    }
    let knots = try list.list(atLeast: 2, knot)
    let law = LengthLaw.quantiles(knots, isSmooth: isSmooth)
    do {
      _ = try LengthSpecification(law: law, longest: nil).lengths()
    } catch {
      throw list.error("\(list.label) make no distribution: \(error)")
    }
    return law
  }

  private func knot(_ value: YAMLValue) throws -> LengthLaw.Knot {
    let numbers = try value.list(atLeast: 2) { try $0.double(.nonNegative) }
    guard numbers.count == 2, numbers[0] <= 1, numbers[1] <= Double(most) else {
      throw value.isNot("[probability from 0 to 1, \(unit)]")
    }
    return LengthLaw.Knot(probability: numbers[0], tokens: numbers[1])
  }
}
