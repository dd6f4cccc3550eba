public import Scenarios

/// What became of one claim.
public struct ClaimVerdict: Sendable {
  public enum Outcome: String, Sendable {
    case pass, fail, explained, input
    case notRun = "not-run"
  }

  /// The scenario that holds the claim.
  public let scenario: String
  public let source: String
  public let claim: Claim
  public let outcome: Outcome
  /// One figure, or those of a shape in their order; empty where nothing was simulated.
  public let simulated: [Double]
  /// Why it was not run, is no test, or missed; nil for a plain pass.
  public let reason: String?

  init(_ claim: Claim, of scenario: Scenario, in table: ReproducedFigures) {
    self.scenario = scenario.name
    self.claim = claim
    source = scenario.expectations?.source ?? ""
    func figures(_ formulas: [FigureFormula]) -> [Double]? {
      let values = formulas.compactMap { table.value($0, in: scenario.name) }
      return values.count == formulas.count && values.allSatisfy(\.isFinite) ? values : nil
    }
    let missing = "the runs gave no such figure"
    switch claim.test {
    case .notRun(let why): (outcome, simulated, reason) = (.notRun, [], why)
    case .input(let formula, _, let why):
      (outcome, simulated, reason) = (.input, figures([formula]) ?? [], why)
    case .value(let formula, let expected, let tolerance):
      guard let values = figures([formula]), let value = values.first else {
        (outcome, simulated, reason) = (.fail, [], missing)
        return
      }
      simulated = values
      (outcome, reason) = Self.judge(claim, tolerance.accepts(value, expected))
    case .shape(let shape, let of, let over):
      guard let values = figures(of), let places = figures(over) else {
        (outcome, simulated, reason) = (.fail, [], missing)
        return
      }
      simulated = values
      (outcome, reason) = Self.judge(claim, shape.holds(values, over: places))
    }
  }

  private static func judge(_ claim: Claim, _ holds: Bool) -> (Outcome, String?) {
    if holds { return (.pass, nil) }
    guard let explanation = claim.explanation else {
      return (.fail, "outside what is accepted")
    }
    return (.explained, explanation)
  }
}

extension Tolerance {
  /// Whether `value` is near enough to what was published.
  func accepts(_ value: Double, _ expected: ExpectedFigure) -> Bool {
    accepted(expected).contains(value)
  }

  /// What is accepted, in the figure's unit.
  public func accepted(_ expected: ExpectedFigure) -> ClosedRange<Double> {
    let (low, high) = (expected.range.lowerBound, expected.range.upperBound)
    switch self {
    case .within(let range): return range
    case .absolute(let slack): return low - slack...high + slack
    case .share(let share): return low - share * abs(low)...high + share * abs(high)
    }
  }
}

extension Claim.Shape {
  /// Whether figures in a row have the shape; `places` are what a concave curve is a function of.
  func holds(_ values: [Double], over places: [Double]) -> Bool {
    let steps = zip(values.dropFirst(), values).map { $0 - $1 }
    return switch self {
    case .rising: steps.allSatisfy { $0 > 0 }
    case .falling: steps.allSatisfy { $0 < 0 }
    case .hasMinimum: Self.turns(steps)
    case .hasMaximum: Self.turns(steps.map { -$0 })
    case .concave: Self.isConcave(steps, zip(places.dropFirst(), places).map { $0 - $1 })
    }
  }

  /// Falls first, then rises, and turns once.
  private static func turns(_ steps: [Double]) -> Bool {
    guard let first = steps.first, let last = steps.last, first < 0, last > 0 else { return false }
    return zip(steps.dropFirst(), steps).count { ($0 > 0) != ($1 > 0) } == 1
  }

  /// Each gain for its price is no more than the one before.
  private static func isConcave(_ gains: [Double], _ prices: [Double]) -> Bool {
    guard gains.count == prices.count, prices.allSatisfy({ $0 > 0 }) else { return false }
    let slopes = zip(gains, prices).map { $0 / $1 }
    return zip(slopes.dropFirst(), slopes).allSatisfy { $0 <= $1 }
  }
}
