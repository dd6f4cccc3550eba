internal import NumericalMethods

/// Where the uncertainty of a simulated figure comes from.
public enum UncertaintySource: String, CaseIterable, Sendable {
  /// Other traffic and other luck: the same scenario under other seeds.
  case replications
  /// Other queries of the same kinds.
  case questions
  /// Other constants of devices and answers, as far off as their standard errors allow.
  case calibration
}

/// What one source leaves open.
public struct SourceError: Hashable, Sendable {
  public var standardError: Double
  /// Of Student's t.
  public var degreesOfFreedom: Double

  public init(standardError: Double, degreesOfFreedom: Double) {
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
  }

  func interval(
    around value: Double, level: Double = ConfidenceLevel.standard
  ) -> ClosedRange<Double> {
    let half =
      standardError * StudentT.quantile((1 + level) / 2, degreesOfFreedom: degreesOfFreedom)
    return (value - half)...(value + half)
  }

  /// Chance of an estimate at least so far from 0, were the truth 0.
  func pValue(of value: Double) -> Double {
    guard standardError > 0 else { return value == 0 ? 1 : 0 }
    return min(
      1, 2 * StudentT.upperTail(abs(value) / standardError, degreesOfFreedom: degreesOfFreedom))
  }
}

/// An estimate with a two-sided 95 % interval for each source of uncertainty that was looked at.
public struct SourcedEstimate: Hashable, Sendable {
  public let value: Double
  /// Empty where too little was seen to say.
  public let errors: [UncertaintySource: SourceError]
  /// Draws of the calibration under which there is no such figure. Where there are any the errors
  /// leave the calibration out, and nothing is clear.
  public let undefinedDraws: Int

  public init(
    value: Double, errors: [UncertaintySource: SourceError] = [:], undefinedDraws: Int = 0
  ) {
    self.value = value
    self.errors = errors
    self.undefinedDraws = undefinedDraws
  }

  public func interval(of source: UncertaintySource) -> ClosedRange<Double>? {
    errors[source]?.interval(around: value)
  }

  /// The widest of the sources' intervals, which holds the others; nil without any.
  public var interval: ClosedRange<Double>? {
    errors.values.map { $0.interval(around: value) }
      .max { $0.upperBound - $0.lowerBound < $1.upperBound - $1.lowerBound }
  }

  /// The largest of the sources' p values for "no difference"; nil without any.
  public var pValue: Double? { errors.values.map { $0.pValue(of: value) }.max() }

  /// The sources whose interval leaves the sign of the estimate open, in their order.
  public var undecided: [UncertaintySource] {
    UncertaintySource.allCases.filter {
      interval(of: $0)?.contains(0) ?? ($0 == .calibration && undefinedDraws > 0)
    }
  }

  /// The sources that were looked at, in their order.
  public var sources: [UncertaintySource] {
    UncertaintySource.allCases.filter { errors[$0] != nil }
  }
}

/// Holm's correction for several tests (S. Holm, Scandinavian Journal of Statistics 6, 1979).
enum HolmCorrection {
  /// The p values adjusted so that rejecting those below a level errs anywhere among them with at
  /// most that chance; nil stays nil and counts for nothing.
  static func adjusted(_ values: [Double?]) -> [Double?] {
    let order = values.indices.filter { values[$0] != nil }
      .sorted { (values[$0] ?? 1, $0) < (values[$1] ?? 1, $1) }
    var result = values
    var largest = 0.0
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, Double(order.count - rank) * (values[index] ?? 1)))
      result[index] = largest
    }
    return result
  }
}
