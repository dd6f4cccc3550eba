import NumericalMethods
import Testing

struct BandedLeastSquaresTests {
  @Test func `a line through three points is the one that normal equations give by hand`() throws {
    // y = a + b·x through (0, 1), (1, 2), (2, 4): b = 3/2, a = 5/6.
    var problem = BandedLeastSquares(unknownCount: 2, bandwidth: 1)
    for (x, y) in [(0.0, 1.0), (1.0, 2.0), (2.0, 4.0)] {
      problem.addRow(positions: [0, 1], coefficients: [1, x], target: y)
    }
    let solution = try problem.solution()
    #expect(abs(solution[0] - 5.0 / 6) < 1e-12 && abs(solution[1] - 1.5) < 1e-12)
  }

  @Test func `a row of weight two counts as if it stood there twice`() throws {
    var weighted = BandedLeastSquares(unknownCount: 1, bandwidth: 0)
    weighted.addRow(positions: [0], coefficients: [1], target: 3, weight: 2)
    weighted.addRow(positions: [0], coefficients: [1], target: 9)
    #expect(abs(try weighted.solution()[0] - 5) < 1e-12)
  }

  @Test func `neighbours that differ as asked follow from one that is known`() throws {
    let count = 40
    var problem = BandedLeastSquares(unknownCount: count, bandwidth: 1)
    problem.addRow(positions: [0], coefficients: [1], target: 7)
    for i in 1..<count {
      problem.addRow(positions: [i - 1, i], coefficients: [-1, 1], target: 0.5)
    }
    for (i, value) in try problem.solution().enumerated() {
      #expect(abs(value - (7 + 0.5 * Double(i))) < 1e-9)
    }
  }

  @Test func `an unknown that no row touches is refused`() {
    var problem = BandedLeastSquares(unknownCount: 2, bandwidth: 1)
    problem.addRow(positions: [0], coefficients: [1], target: 1)
    #expect(throws: NumericalError.self) { try problem.solution() }
  }
}
