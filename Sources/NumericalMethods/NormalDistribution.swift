@preconcurrency internal import CGSL

/// The standard normal distribution, N(0, 1).
public enum StandardNormal {
  /// P(Z ≤ z).
  public static func cdf(_ z: Double) -> Double { gsl_cdf_ugaussian_P(z) }
  /// The z with P(Z ≤ z) = `probability`, which lies in (0, 1).
  public static func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "normal quantile of \(probability)")
    return gsl_cdf_ugaussian_Pinv(probability)
  }
}

/// Student's t distribution.
public enum StudentT {
  /// P(T > t), for `degrees` of freedom (> 0).
  public static func upperTail(_ t: Double, degreesOfFreedom degrees: Double) -> Double {
    gsl_cdf_tdist_Q(t, degrees)
  }
  /// The t with P(T ≤ t) = `probability`, for `degrees` of freedom (> 0).
  public static func quantile(_ probability: Double, degreesOfFreedom degrees: Double) -> Double {
    precondition(probability > 0 && probability < 1, "t quantile of \(probability)")
    return gsl_cdf_tdist_Pinv(probability, degrees)
  }
}
