import Testing

@testable import NumericalMethods

struct CurveTests {
  @Test func `a straight curve is read and integrated exactly`() throws {
    let curve = try Curve(x: [0, 1, 3], y: [0, 2, -2], interpolation: .linear)
    #expect(curve(0.5) == 1 && curve(2) == 0 && curve(-1) == 0 && curve(9) == -2)
    #expect(abs(curve.integral(over: 0...3) - 1) < 1e-15)
    #expect(abs(curve.integral(over: 0.5...2) - (0.75 + 1)) < 1e-15)
  }

  @Test func `Steffen's curve passes its points and stays between them`() throws {
    let x = [0, 1, 1.5, 4, 5]
    let y = [0, 0.1, 5, 5, 40]
    let curve = try Curve(x: x, y: y, interpolation: .steffen)
    for i in x.indices { #expect(abs(curve(x[i]) - y[i]) < 1e-12) }
    var last = 0.0
    for i in 0...5000 {
      let value = curve(Double(i) / 1000)
      #expect(value >= last - 1e-12)
      last = value
    }
  }

  @Test(
    arguments: [
      ([0, 1, 1], [0, 1, 2], "increasing"), ([0], [0], "increasing"), ([0, 1], [0, 1], "few"),
      ([0, 1, 2], [0, 1], "as many"), ([0, 1, 2], [0, .nan, 1], "finite"),
    ] as [([Double], [Double], String)])
  func `bad points are refused with the reason`(x: [Double], y: [Double], reason: String) {
    let error = #expect(throws: NumericalError.self) {
      try Curve(x: x, y: y, interpolation: .steffen)
    }
    #expect(error?.description.contains(reason) == true)
  }

  static let knots = [(0.0, 1.0), (0.5, 101), (0.9, 301), (1, 1301)].map {
    (probability: $0.0, value: $0.1)
  }

  @Test func `a distribution of straight pieces has the mean of its uniform parts`() throws {
    let distribution = try EmpiricalDistribution(knots: Self.knots, interpolation: .linear)
    #expect(abs(distribution.mean - (0.5 * 51 + 0.4 * 201 + 0.1 * 801)) < 1e-12)
    #expect(abs(distribution.quantile(0.7) - 201) < 1e-12)
  }

  @Test func `both interpolations pass the knots, and the cubic puts less into the tail`() throws {
    let linear = try EmpiricalDistribution(knots: Self.knots, interpolation: .linear)
    let cubic = try EmpiricalDistribution(knots: Self.knots, interpolation: .steffen)
    for knot in Self.knots.dropFirst().dropLast() {
      #expect(abs(linear.quantile(knot.probability) - knot.value) < 1e-9)
      #expect(abs(cubic.quantile(knot.probability) - knot.value) < 1e-9)
    }
    #expect(cubic.quantile(0.95) < linear.quantile(0.95))
    #expect(cubic.mean < linear.mean)
    let count = 100_000
    let sum = (0..<count).reduce(0.0) { $0 + cubic.quantile((Double($1) + 0.5) / Double(count)) }
    #expect(abs(sum / Double(count) / cubic.mean - 1) < 1e-8)
  }

  @Test func `knots that fall or do not span all probabilities are refused`() {
    for knots in [
      [(0.0, 5.0), (0.5, 4), (1, 6)], [(0.1, 1), (0.5, 2), (1, 3)], [(0, 1), (0.9, 2)],
    ] {
      #expect(throws: NumericalError.self) {
        try EmpiricalDistribution(
          knots: knots.map { (probability: $0.0, value: $0.1) }, interpolation: .linear)
      }
    }
  }
}
