import Testing

@testable import NumericalMethods

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct SpecialFunctionTests {
  /// Values of common printed tables, to the digits printed there or in R's qnorm and qt.
  @Test func `normal and t quantiles are those of the tables`() {
    #expect(abs(StandardNormal.quantile(0.975) - 1.959963984540054) < 1e-14)
    #expect(abs(StandardNormal.quantile(0.5)) < 1e-15)
    #expect(abs(StandardNormal.cdf(1) - 0.8413447460685429) < 1e-15)
    #expect(abs(StandardNormal.cdf(StandardNormal.quantile(1e-10)) / 1e-10 - 1) < 1e-12)
    #expect(abs(StudentT.quantile(0.975, degreesOfFreedom: 1) - tan(0.475 * .pi)) < 1e-9)
    #expect(abs(StudentT.quantile(0.975, degreesOfFreedom: 4) - 2.7764451) < 1e-7)
    #expect(abs(StudentT.quantile(0.975, degreesOfFreedom: 30) - 2.0422725) < 1e-7)
  }

  @Test func `roots are found to the tolerance`() throws {
    let found = try RootFinding.root(in: 0...2) { cos($0) - $0 }
    #expect(abs(found - 0.7390851332151607) < 1e-12)
    let coarse = try RootFinding.root(in: 0...10, tolerance: 1e-3) { $0 * $0 - 2 }
    #expect(abs(coarse - 2.0.squareRoot()) < 1e-3)
  }

  @Test func `a bracket without a change of sign is refused`() {
    #expect(throws: NumericalError.self) { try RootFinding.root(in: 1...2) { $0 } }
  }
}
