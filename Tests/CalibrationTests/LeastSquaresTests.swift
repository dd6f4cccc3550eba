import NumericalMethods
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct LeastSquaresTests {
  /// NIST Statistical Reference Dataset Misra1a: y = b1·(1 - exp(-b2·x)), 14 points.
  static let misraX = [
    77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760,
  ]
  static let misraY = [
    10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47,
    81.78,
  ]

  static func misra(
    start: [Double], y: [Double] = misraY, loss: ResidualLoss = .squares
  ) throws -> LeastSquaresFit {
    try LeastSquares.fit(start: start, residualCount: y.count, loss: loss) { b, residuals in
      for i in y.indices { residuals[i] = b[0] * (1 - exp(-b[1] * misraX[i])) - y[i] }
    }
  }

  @Test(arguments: [[500, 0.0001], [250, 0.0005]])
  func `Misra1a gives the certified values from both starts`(start: [Double]) throws {
    let fit = try Self.misra(start: start)
    #expect(abs(fit.parameters[0] / 2.3894212918e+02 - 1) < 1e-6)
    #expect(abs(fit.parameters[1] / 5.5015643181e-04 - 1) < 1e-6)
    #expect(abs(fit.standardErrors[0] / 2.7070075241 - 1) < 1e-4)
    #expect(abs(fit.standardErrors[1] / 7.2668688436e-06 - 1) < 1e-4)
    #expect(abs(fit.weightedSumOfSquares / 1.2455138894e-01 - 1) < 1e-6)
  }

  @Test func `a weight counts like repeated rows`() throws {
    let x = [1.0, 2, 3, 4]
    let y = [2.1, 3.8, 6.3, 7.7]
    let weighted = try LeastSquares.fit(
      start: [1, 1], residualCount: 4, weights: [1, 3, 1, 1]
    ) { p, r in for i in 0..<4 { r[i] = p[0] + p[1] * x[i] - y[i] } }
    let rows = [0, 1, 1, 1, 2, 3]
    let repeated = try LeastSquares.fit(start: [1, 1], residualCount: 6) { p, r in
      for (i, row) in rows.enumerated() { r[i] = p[0] + p[1] * x[row] - y[row] }
    }
    for i in 0..<2 { #expect(abs(weighted.parameters[i] - repeated.parameters[i]) < 1e-8) }
  }

  @Test func `the robust loss shrugs off a wild row`() throws {
    var y = Self.misraY
    y[5] += 30
    let squares = try Self.misra(start: [250, 0.0005], y: y)
    let robust = try Self.misra(start: [250, 0.0005], y: y, loss: .softL1(scale: 0.1))
    #expect(abs(squares.parameters[0] / 238.94 - 1) > 0.05)
    #expect(abs(robust.parameters[0] / 238.94 - 1) < 0.02)
  }

  @Test func `a function that is not finite is an error, not a result`() throws {
    #expect(throws: NumericalError.self) {
      try LeastSquares.fit(start: [1], residualCount: 2) { _, r in r = [.nan, .nan] }
    }
  }
}
