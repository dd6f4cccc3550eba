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

  /// From the lowest to the highest end of the sources' intervals; nil without any.
  public var interval: ClosedRange<Double>? {
    let all = errors.values.map { $0.interval(around: value) }
    guard let low = all.map(\.lowerBound).min(), let high = all.map(\.upperBound).max() else {
      return nil
    }
    return low...high
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
