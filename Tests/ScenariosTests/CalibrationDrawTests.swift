import DeviceModels
import Foundation
import Scenarios
import TestSupport
import Testing

struct CalibrationDrawTests {
  private static let path = SharedData.packageRoot
    .appending(path: "calibration/gpus/h100-sxm.fit.yaml").path

  private func gap(_ draw: Int, seed: UInt64 = 5) throws -> Double {
    try CalibrationDraw(seed: seed, draw: draw).reading {
      try DeviceFit.load(path: Self.path).parameters.power.gapPower
    }
  }

  @Test func `numbers move by their errors, and by nothing else`() throws {
    let fit = try DeviceFit.load(path: Self.path)
    let sheet = try #require(fit.measured["power"]?["gap"])
    let error = try #require(sheet.standardError)
    let count = 100
    let values = try (0..<count).map { try gap($0) }
    let mean = values.reduce(0, +) / Double(count)
    let spread = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1))
      .squareRoot()
    // Four standard errors of a mean, and of a standard deviation.
    #expect(abs(mean - sheet.value) < 4 * error / Double(count).squareRoot())
    #expect(abs(spread / error - 1) < 4 / (2 * Double(count)).squareRoot())
    // A number without an error stands still.
    let drawn = try CalibrationDraw(seed: 5, draw: 1).reading {
      try DeviceFit.load(path: Self.path)
    }
    #expect(drawn.parameters.power.idlePower == fit.parameters.power.idlePower)
    #expect(drawn.measured["power"]?["gap"]?.standardError == error)
  }

  @Test func `a draw is the same whenever it is read, and gone afterwards`() throws {
    let plain = try DeviceFit.load(path: Self.path).parameters.power.gapPower
    let first = try gap(3)
    #expect(try gap(3) == first)
    #expect(try gap(4) != first && gap(3, seed: 6) != first && first != plain)
    #expect(try DeviceFit.load(path: Self.path).parameters.power.gapPower == plain)
  }

  @Test func `shares stay shares and counts stay positive however far they are drawn`() throws {
    let text = """
      name: t
      title: t
      averaging: {value: 0.01, unit: s, source: x, error: 1}
      sampling_period: {value: 1, unit: s, source: x, error: 0}
      sampled_share: {value: 0.99, unit: "1", source: x, error: 0.5}

      """
    for draw in 0..<50 {
      let (time, share) = try CalibrationDraw(seed: 1, draw: draw).reading {
        try YAMLDocument.read(text: text, file: "t.yaml") { yaml in
          _ = try yaml["name"].string()
          _ = try yaml["title"].string()
          let time = try yaml["averaging"].measured(unit: "s", .positive).value
          #expect(try yaml["sampling_period"].measured(unit: "s", .positive).value == 1)
          return (time, try yaml["sampled_share"].measured(unit: "1", .positiveFraction).value)
        }
      }
      #expect(time > 0 && share > 0 && share <= 1)
    }
  }
}
