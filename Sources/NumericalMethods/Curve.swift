@preconcurrency internal import CGSL

/// A function through given points, read between them by GSL's interpolation.
///
/// Immutable, safe to read from any thread, no allocation per read.
public struct Curve: Sendable {
  public enum Interpolation: Sendable {
    /// Straight pieces.
    case linear
    /// Steffen's cubic pieces (A&A 239, 443, 1990): smooth, and monotone between the points, so
    /// that no piece leaves the range of its two ends. Needs three points.
    case steffen

    fileprivate var type: UnsafePointer<gsl_interp_type> {
      switch self {
      case .linear: gsl_interp_linear
      case .steffen: gsl_interp_steffen
      }
    }
  }

  /// Owns the C object; it is written at creation only.
  private final class Spline: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<gsl_spline>

    init?(type: UnsafePointer<gsl_interp_type>, count: Int) {
      guard let pointer = gsl_spline_alloc(type, count) else { return nil }
      self.pointer = pointer
    }

    deinit { gsl_spline_free(pointer) }
  }

  public let domain: ClosedRange<Double>
  private let spline: Spline

  /// Through (x[i], y[i]); `x` must increase strictly. Throws where it does not, or where the
  /// points are too few.
  public init(x: [Double], y: [Double], interpolation: Interpolation) throws {
    _ = GSLStatus.handlerIsOff
    let name = "curve through \(x.count) points"
    guard x.count == y.count, let first = x.first, let last = x.last, first < last,
      zip(x, x.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw NumericalError(operation: name, reason: "needs as many x as y, x increasing") }
    guard (x + y).allSatisfy(\.isFinite) else {
      throw NumericalError(operation: name, reason: "a coordinate is not finite")
    }
    guard x.count >= gsl_interp_type_min_size(interpolation.type),
      let spline = Spline(type: interpolation.type, count: x.count)
    else { throw NumericalError(operation: name, reason: "too few points") }
    try GSLStatus.check(gsl_spline_init(spline.pointer, x, y, x.count), name)
    self.spline = spline
    domain = first...last
  }

  /// The value at `x`; outside the domain, that of its nearer end.
  public func callAsFunction(_ x: Double) -> Double {
    // Without an accelerator, which would be state shared between threads, GSL bisects.
    gsl_spline_eval(spline.pointer, min(max(x, domain.lowerBound), domain.upperBound), nil)
  }

  /// Integral over `range`, which lies in the domain.
  public func integral(over range: ClosedRange<Double>) -> Double {
    precondition(
      range.lowerBound >= domain.lowerBound && range.upperBound <= domain.upperBound,
      "integral over \(range), domain \(domain)")
    return gsl_spline_eval_integ(spline.pointer, range.lowerBound, range.upperBound, nil)
  }
}
