import NumericalMethods
import Testing

struct SingularValueTests {
  @Test func `a diagonal matrix has its entries as singular values`() throws {
    let found = try SingularValues(of: [[3, 0], [0, 5], [0, 0]])
    #expect(abs(found.values[0] - 5) < 1e-12)
    #expect(abs(found.values[1] - 3) < 1e-12)
    #expect(abs(abs(found.directions[0][1]) - 1) < 1e-12)
  }

  @Test func `equal columns leave a direction without weight`() throws {
    let found = try SingularValues(of: [[1, 1, 0], [2, 2, 1], [3, 3, 5], [4, 4, 1]])
    #expect(found.values[2] < 1e-12)
    let direction = found.directions[2]
    #expect(abs(direction[0] + direction[1]) < 1e-12)
    #expect(abs(direction[2]) < 1e-12)
  }
}
