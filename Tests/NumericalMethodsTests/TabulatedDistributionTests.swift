import Testing

@testable import NumericalMethods

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Gamma and beta quantiles against inverses computed with 60 digits (mpmath), and against the
/// CDF, small parameters first: there GSL's own inverses return NaN.
struct TabulatedDistributionTests {
  static let probabilities = [1e-12, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 0x1p-40]

  /// ln of the quantile at scale 1, by shape.
  static let gammaLogarithms: [(Double, [Double])] = [
    (
      0.05,
      [
        -553.15748376862, -138.69216702969, -46.588763309926, -14.400004530399, -2.5728580682124,
        1.0066646022086, 3.0813919127146,
      ]
    ),
    (
      0.2,
      [
        -138.58197602966, -34.965646844927, -11.939790477063, -3.8753854723122, -0.50268828690097,
        1.4114659625716, 3.1629170502664,
      ]
    ),
    (
      0.7,
      [
        -39.609755447622, -10.00506339544, -3.4068483859198, -0.89790148411362, 0.56368094864997,
        1.80232669951, 3.2760619891177,
      ]
    ),
    (
      2.5,
      [
        -10.572011684519, -2.2527830474768, -0.21672172360848, 0.77736428432794, 1.5300003524314,
        2.328009420861, 3.4879438976249,
      ]
    ),
    (
      40,
      [
        2.31279491957, 3.1467324800441, 3.4700678262713, 3.6805237676592, 3.8772058997463,
        4.1338795209932, 4.6240377602075,
      ]
    ),
  ]

  @Test(arguments: gammaLogarithms)
  func `gamma quantiles are within one part in a million of their exact values`(
    shape: Double, logarithms: [Double]
  ) {
    let distribution = GammaDistribution(shape: shape, scale: 3)
    for (probability, logarithm) in zip(Self.probabilities, logarithms) {
      let exact = 3 * exp(logarithm)
      #expect(abs(distribution.quantile(probability) / exact - 1) < 1e-7)
    }
  }

  /// ln(x / (1 - x)) of the quantile x, by a and b.
  static let betaLogOdds: [(Double, Double, [Double])] = [
    (
      0.1, 0.1,
      [
        -269.52244727885, -62.289788909386, -16.238087033379, 0, 16.238087033379, 62.289788909386,
        270.47110834354,
      ]
    ),
    (
      0.05, 0.15,
      [
        -547.08248469294, -132.61716795401, -40.513764234245, -8.3249598192983, 6.1801463611451,
        36.881640726882, 175.66918701632,
      ]
    ),
    (
      0.19, 0.01,
      [
        -129.67381649892, -20.603996304274, 5.6796758904026, 64.459017859227, 225.40280910264,
        685.91982770145, 2767.733022043,
      ]
    ),
    (
      0.5, 0.5,
      [
        -54.358876821278, -12.91234350245, -3.6854600694022, 0, 3.6854600694022, 12.91234350245,
        54.548609034217,
      ]
    ),
    (
      2, 5,
      [
        -15.169535056051, -4.7885867496396, -2.282350651431, -1.0229664070606, 0.041271083302646,
        1.5069844128305, 5.900338872891,
      ]
    ),
    (
      300, 700,
      [
        -1.3518636418287, -1.0645065010303, -0.93693725665704, -0.84793308685421,
        -0.75997300717587, -0.63743610665643, -0.37476900262186,
      ]
    ),
  ]

  @Test(arguments: betaLogOdds)
  func `beta quantiles are within one part in a million at both ends`(
    a: Double, b: Double, logOdds: [Double]
  ) {
    let distribution = BetaDistribution(a: a, b: b)
    for (probability, exact) in zip(Self.probabilities, logOdds) {
      // An error in log odds is the relative error of x and of 1 - x.
      #expect(abs(distribution.logOddsOfQuantile(probability) - exact) < 1e-7)
      let x = distribution.quantile(probability)
      #expect(abs(x - 1 / (1 + exp(-exact))) < 1e-7)
      #expect(x > 0 && x < 1)
    }
  }

  /// Probabilities of a uniform stream, with as many again in each tail.
  static let draws: [Double] = (0..<2000 as Range<UInt64>).flatMap { id -> [Double] in
    let u = RandomStream(seed: 7, purpose: "round trip").uniform(id: id)
    return [u, exp(-36 * u), 1 - exp(-36 * u)]
  }.filter { $0 < 1 }.sorted()

  @Test(arguments: [1e-4, 0.05, 0.3, 1, 7, 1e5])
  func `the gamma CDF takes every quantile back to its probability`(shape: Double) {
    let distribution = GammaDistribution(shape: shape, scale: 1)
    for p in Self.draws {
      let x = distribution.quantile(p)
      guard x > 1e-290 else { continue }
      let found = GammaDistribution.point(log(x), shape: shape)
      #expect(abs(found.logOdds - TabulatedInverse.logOdds(p)) * found.slope < 1e-6)
    }
  }

  @Test(arguments: [(0.1, 0.1), (0.199, 0.001), (0.02, 30), (1, 3), (8, 2), (1e5, 1e5)])
  func `the beta CDF takes every quantile back to its probability`(a: Double, b: Double) {
    let distribution = BetaDistribution(a: a, b: b)
    for p in Self.draws {
      let y = distribution.logOddsOfQuantile(p)
      let found = BetaDistribution.point(y, a: a, b: b)
      #expect(abs(found.logOdds - TabulatedInverse.logOdds(p)) * found.slope < 1e-6)
    }
  }

  @Test(arguments: [0.001, 0.1, 1, 20])
  func `quantiles never fall as the probability rises`(parameter: Double) {
    let gamma = GammaDistribution(shape: parameter, scale: 1)
    let beta = BetaDistribution(a: parameter, b: 0.3)
    let probabilities = (1..<50_000).map { Double($0) / 50_000 }
    for values in [probabilities.map(gamma.quantile), probabilities.map(beta.logOddsOfQuantile)] {
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test func `closed forms hold where the distributions have one`() {
    let gamma = GammaDistribution(shape: 1, scale: 2)
    let exponential = ExponentialDistribution(mean: 2)
    let uniform = BetaDistribution(a: 1, b: 1)
    let triangle = BetaDistribution(a: 1, b: 2)
    for p in Self.draws {
      #expect(abs(gamma.quantile(p) / exponential.quantile(p) - 1) < 1e-7)
      #expect(abs(exponential.quantile(p) + 2 * log1p(-p)) <= 1e-15 * exponential.quantile(p))
      #expect(uniform.quantile(p) == p)
      #expect(abs(triangle.quantile(p) - (1 - (1 - p).squareRoot())) < 1e-7)
    }
  }

  /// The midpoint rule over probabilities, fine near both ends, gives the moments.
  private func moments(_ distribution: some QuantileFunction) -> (mean: Double, variance: Double) {
    var mean = 0.0
    var square = 0.0
    let count = 100_000
    for i in 0..<count {
      let s = (Double(i) + 0.5) / Double(count)
      let p = s * s * s * (10 - 15 * s + 6 * s * s)
      let weight = 30 * s * s * (1 - s) * (1 - s)
      guard p < 1 else { continue }
      let x = distribution.quantile(p)
      mean += x * weight / Double(count)
      square += x * x * weight / Double(count)
    }
    return (mean, square - mean * mean)
  }

  @Test func `integrals of the quantiles are the moments of the parameters`() {
    let gamma = moments(GammaDistribution(mean: 30, coefficientOfVariation: 2))
    #expect(abs(gamma.mean / 30 - 1) < 1e-5)
    #expect(abs(gamma.variance / 3600 - 1) < 1e-5)
    let beta = moments(BetaDistribution(a: 0.15, b: 0.05))
    #expect(abs(beta.mean / 0.75 - 1) < 1e-5)
    #expect(abs(beta.variance / (0.0075 / (0.04 * 1.2)) - 1) < 1e-5)
    let logNormal = moments(LogNormalDistribution(mean: 1000, logSD: 0.8))
    #expect(abs(logNormal.mean / 1000 - 1) < 1e-5)
    #expect(abs(logNormal.variance / (1e6 * expm1(0.64)) - 1) < 1e-4)
  }
}
