import DeviceModels
import Foundation
import Scenarios
import Testing

@testable import Calibration

/// Surfaces from calls whose logarithms are known.
@Suite struct SurfaceFitTests {
  static let grid = SurfaceSettings.Grid(
    smoothing: 1e-6, axes: [[0, 2, 4], [0, 3], [0, 3], [0, 3]])

  /// A plane of 0.1 and 0.2 an octave, `unaligned` more at every third call.
  static func samples(unaligned: Double) -> SurfaceSamples {
    var samples = SurfaceSamples(.experts, groupName: "shapes")
    for row in 0...8 {
      for column in 0...6 {
        let logarithm = 0.05 * Double(row) + 0.1 * Double(column)
        let isUnaligned = (row + column).isMultiple(of: 3)
        samples.append(
          [exp2(0.5 * Double(row)), exp2(0.5 * Double(column)), 1, 1],
          measured: exp(logarithm + (isUnaligned ? unaligned : 0)), roofline: 1,
          group: "\(column)", isUnaligned: isUnaligned)
      }
    }
    return samples
  }

  @Test func `what unaligned calls take more is told from the shape`() throws {
    let fit = SurfaceFit(Self.samples(unaligned: 0.7), grid: Self.grid, lossScale: 0.05)
    let surface = try fit.surface()
    #expect(abs(surface.unaligned - 0.7) < 1e-3)
    for (x, y) in [(0.0, 0.0), (1.3, 2.2), (4, 3)] {
      #expect(abs(surface.value(at: [x, y, 0, 0]) - (0.1 * x + 0.2 * y)) < 2e-3)
    }
    // Shapes that were left out are predicted by the others, the unaligned ones among them.
    for error in try fit.leftOutErrors(folds: 3) { #expect(abs(error) < 0.02) }
  }

  @Test func `a file keeps what unaligned calls take more`() throws {
    let catalog = try LogFixtures.catalog()
    for gpu in ["h100-sxm", "b200-sxm"] {
      let surfaces = try catalog.devices.parameters(gpu: gpu).kernels.surfaces
      let surface = try #require(surfaces[.experts])
      #expect(surface.unaligned > 0.3 && surface.unaligned < 1)
      #expect(KernelSurfaceFile.rounded(surface) == surface)
      #expect(surface.fixing([1: 4]).unaligned == surface.unaligned)
      // Nothing tells it of eight-bit experts.
      #expect(surfaces[.expertsFP8]?.unaligned == 0)
    }
  }

  @Test func `without such calls nothing is added`() throws {
    var samples = SurfaceSamples(.experts, groupName: "shapes")
    for row in 0...8 {
      samples.append([exp2(0.5 * Double(row)), 1, 1, 1], measured: 2, roofline: 1, group: "\(row)")
    }
    let surface = try SurfaceFit(samples, grid: Self.grid, lossScale: 0.05).surface()
    #expect(surface.unaligned == 0)
    #expect(abs(surface.value(at: [1, 0, 0, 0]) - log(2)) < 1e-3)
  }
}
