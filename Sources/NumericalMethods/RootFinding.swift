@preconcurrency internal import CGSL

/// Holds a Swift function where C keeps an opaque pointer to it.
final class FunctionBox {
  let function: (Double) -> Double
  init(_ function: @escaping (Double) -> Double) { self.function = function }

  static func call(_ x: Double, _ box: UnsafeMutableRawPointer?) -> Double {
    guard let box else { return .nan }
    return Unmanaged<FunctionBox>.fromOpaque(box).takeUnretainedValue().function(x)
  }
}

public enum RootFinding {
  /// The x in `bracket` where `function` is 0, to `tolerance` (absolute, in x); Brent's method.
  ///
  /// Throws where the function has one sign at both ends.
  public static func root(
    in bracket: ClosedRange<Double>, tolerance: Double = 1e-12,
    of function: (Double) -> Double
  ) throws -> Double {
    _ = GSLStatus.handlerIsOff
    return try withoutActuallyEscaping(function) { escaping in
      let box = FunctionBox(escaping)
      return try withExtendedLifetime(box) {
        let f = UnsafeMutablePointer<gsl_function>.allocate(capacity: 1)
        defer { f.deallocate() }
        f.initialize(
          to: gsl_function(
            function: { FunctionBox.call($0, $1) },
            params: Unmanaged.passUnretained(box).toOpaque()))
        let name = "root in \(bracket)"
        let solver = try GSLStatus.allocated(
          gsl_root_fsolver_alloc(gsl_root_fsolver_brent), name)
        defer { gsl_root_fsolver_free(solver) }
        try GSLStatus.check(
          gsl_root_fsolver_set(solver, f, bracket.lowerBound, bracket.upperBound), name)
        for _ in 0..<200 {
          try GSLStatus.check(gsl_root_fsolver_iterate(solver), name)
          let low = gsl_root_fsolver_x_lower(solver)
          let high = gsl_root_fsolver_x_upper(solver)
          if gsl_root_test_interval(low, high, tolerance, 0) == Int32(GSL_SUCCESS) { break }
        }
        return gsl_root_fsolver_root(solver)
      }
    }
  }
}
