import DeviceModels
import Testing

struct KernelSurfaceTests {
  /// Multilinear, so met exactly between the knots of an uneven grid.
  static func height(_ x: Double, _ y: Double) -> Double { 1 + 2 * x + 3 * y + 4 * x * y }

  static func plane() throws -> KernelSurface {
    let (x, y) = ([0.0, 1, 3], [-1.0, 4])
    var values: [Double] = []
    for x in x { for y in y { values.append(height(x, y)) } }
    let surface = KernelSurface(axes: [x, y], values: values)
    return try #require(surface)
  }

  @Test func `between knots a multilinear function is met exactly`() throws {
    let surface = try Self.plane()
    for (x, y) in [(0.0, -1.0), (0.25, 0.5), (1.0, 4.0), (2.9, 3.0)] {
      #expect(abs(surface.value(at: [x, y]) - Self.height(x, y)) < 1e-12)
    }
  }

  @Test func `outside the grid the nearest edge counts`() throws {
    let surface = try Self.plane()
    #expect(surface.value(at: [-5, 0]) == surface.value(at: [0, 0]))
    #expect(surface.value(at: [2, 99]) == surface.value(at: [2, 4]))
  }

  @Test func `a surface with a coordinate fixed is its slice there`() throws {
    let surface = try Self.plane()
    let slice = surface.fixing([0: 1.7])
    #expect(abs(slice.value(at: [2.2]) - surface.value(at: [1.7, 2.2])) < 1e-12)
  }

  @Test func `the weights of the corners sum to one`() throws {
    var sum = 0.0
    KernelSurface.forEachCorner(of: [[0, 1], [0, 2], [5, 6]], around: [0.3, 1.1, 7]) {
      sum += $1
    }
    #expect(abs(sum - 1) < 1e-12)
  }

  @Test func `axes that do not increase and values too few are refused`() {
    #expect(KernelSurface(axes: [[0, 0]], values: [1, 1]) == nil)
    #expect(KernelSurface(axes: [[0, 1], [0, 1]], values: [1, 2, 3]) == nil)
  }
}
