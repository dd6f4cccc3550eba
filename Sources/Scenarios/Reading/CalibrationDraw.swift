internal import Foundation
internal import NumericalMethods

/// One draw of the whole calibration: every number that has a standard error is moved by it.
///
/// Numbers are drawn apart, because the sheets give errors and no covariances. A number that is
/// positive moves by a factor, a share by its odds, so that none leaves its bounds. What a number
/// becomes depends on the seed, the draw, and the number's file and key alone: every policy and
/// every scenario meet the same constants.
public struct CalibrationDraw: Hashable, Sendable {
  public var seed: UInt64
  public var draw: Int
  /// Counts up where the constants of an attempt contradict each other.
  public var attempt: Int

  public init(seed: UInt64, draw: Int, attempt: Int = 0) {
    self.seed = seed
    self.draw = draw
    self.attempt = attempt
  }

  @TaskLocal private static var current: CalibrationDraw?

  /// Reads sheets, fits and scenarios in `body` with the numbers of this draw.
  public func reading<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$current.withValue(self, operation: body)
  }

  /// The number that a file holds under the draw that is being read; itself where none is.
  static func moved(_ value: Double, by error: Double?, in bounds: Bounds, at place: YAMLValue)
    -> Double
  {
    guard let current, let error, error > 0 else { return value }
    let file = URL(filePath: place.file).lastPathComponent
    let stream = RandomStream(seed: current.seed, purpose: "calibration/\(file)/\(place.path)")
    let normal = StandardNormal.quantile(
      stream.uniform(id: UInt64(current.draw), index: UInt64(current.attempt)))
    return bounds.clamped(shifted(value, by: error * normal, in: bounds))
  }

  private static func shifted(_ value: Double, by shift: Double, in bounds: Bounds) -> Double {
    if bounds.lower == 0, bounds.upper == 1, value > 0, value < 1 {
      let odds = value / (1 - value) * exp(shift / (value * (1 - value)))
      return odds.isInfinite ? 1 : odds / (1 + odds)
    }
    if bounds.lower >= 0, value > 0 { return value * exp(shift / value) }
    return value + shift
  }
}

extension Bounds {
  /// The nearest value that may be taken; a bound that is excluded is kept off by little.
  func clamped(_ value: Double) -> Double {
    guard !contains(value) else { return value }
    if value <= lower { return excludesLower ? lower.nextUp : lower }
    return excludesUpper ? upper.nextDown : upper
  }
}
