#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// Log-normal token counts that depend on the query's difficulty.
///
/// ln L = ln median + γ·z + σ_q·u + σ_w·v, where z is the query's difficulty on the normal
/// scale (the same that decides correctness: harder queries run longer), u belongs to the query
/// and v to the sample, all standard normal. L is rounded, at least 1, and cut at `maximum`.
public struct TokenLengthLaw: Hashable, Sendable {
  let logMedian: Double
  /// γ: change of ln L per standard deviation of difficulty.
  let difficultySlope: Double
  let querySpread: Double
  let sampleSpread: Double
  /// Where a run is cut, tokens.
  public let maximum: Int

  /// A law of given median at z = 0.
  ///
  /// `spread` is the standard deviation of ln L over all samples of all reference queries;
  /// `sampleSpread` the part of it within one query. What difficulty and samples leave over is
  /// the query's own.
  public init(
    median: Double, difficultySlope: Double, spread: Double, sampleSpread: Double, maximum: Int
  ) throws(AnswerModelError) {
    guard median > 0, median.isFinite else {
      throw .invalidParameter("median length", value: median, expected: "a positive number")
    }
    guard maximum >= 1 else {
      throw .invalidParameter("longest length", value: Double(maximum), expected: "at least 1")
    }
    guard sampleSpread >= 0 else {
      throw .invalidParameter(
        "spread within a query", value: sampleSpread, expected: "at least 0")
    }
    let queryVariance =
      spread * spread - difficultySlope * difficultySlope - sampleSpread * sampleSpread
    guard spread >= 0, queryVariance >= -1e-12 else {
      throw .invalidParameter(
        "spread of ln length", value: spread,
        expected: "at least what difficulty and samples alone make")
    }
    logMedian = log(median)
    self.difficultySlope = difficultySlope
    querySpread = max(0, queryVariance).squareRoot()
    self.sampleSpread = sampleSpread
    self.maximum = maximum
  }

  /// Always `tokens`, at least 1.
  public init(constant tokens: Int) throws(AnswerModelError) {
    try self.init(
      median: Double(tokens), difficultySlope: 0, spread: 0, sampleSpread: 0, maximum: tokens)
  }

  /// Whether every length is the same, so that no luck need be drawn.
  var isConstant: Bool { difficultySlope == 0 && querySpread == 0 && sampleSpread == 0 }

  /// The length for difficulty `z`, the query's luck `u` and the sample's luck `v`.
  func tokens(difficulty z: Double, query u: Double, sample v: Double) -> Int {
    let logLength = logMedian + difficultySlope * z + querySpread * u + sampleSpread * v
    // Half more and nothing after the point: the nearest whole number, and at least 1.
    return max(1, Int(min(exp(logLength), Double(maximum)) + 0.5))
  }
}
