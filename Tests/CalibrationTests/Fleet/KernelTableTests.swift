import DeviceModels
import Foundation
import Scenarios
import Testing

@testable import Calibration

@Suite struct KernelTableTests {
  /// Matrix products of an H100 whose surface is the shipped one, over a roofline of 70 % of its
  /// arithmetic, 80 % of its bandwidth and 5 us each.
  static func table(_ tokens: [Int], weights: [(Int, Int)]) throws -> String {
    let devices = try LogFixtures.catalog().devices
    var kernels = try devices.parameters(gpu: "h100-sxm").kernels
    kernels.gemmComputeEfficiency = 0.7
    kernels.gemmBandwidthEfficiency = 0.8
    kernels.gemmLatency = 5e-6
    let times = KernelTimes(gpu: try devices.gpu(named: "h100-sxm"), kernels: kernels)
    var text = "op,dtype,measurement,tokens,out_features,in_features,time_s\n"
    for (width, depth) in weights {
      let product = times.product(width: Double(width), depth: Double(depth), weightBytes: 2)
      for m in tokens {
        let seconds = product.seconds(rows: Double(m)) * (1 + 0.001 * Double(m % 3))
        text += "gemm,bf16,burst,\(m),\(width),\(depth),\(seconds)\n"
      }
    }
    return text + "norm,bf16,burst,8,,,1e-6\ngemm,fp8,burst,8,64,64,9\n"
  }

  static func fit(_ text: String, gpu: String? = "h100-sxm") throws -> DeviceFit {
    try LogFixtures.folder([("kernels.csv", text)]) { folder in
      let report = try FleetCalibration.fit(
        dataFolder: folder, catalog: LogFixtures.catalog(),
        options: FleetFitOptions(defaults: FleetDefaults(gpu: gpu)))
      let file = folder.appending(path: "own.fit.yaml")
      try Data(report.fitText.utf8).write(to: file)
      return try DeviceFit.load(path: file.path)
    }
  }

  @Test func `a table of products gives efficiencies and latency below the shipped surface`() throws
  {
    let text = try Self.table(
      [1, 16, 64, 256, 1024, 4096], weights: [(4096, 4096), (14_336, 4096), (1024, 4096)])
    let fit = try Self.fit(text)
    let numbers = try #require(fit.measured["matrix_products"])
    for (key, value) in [
      ("compute_efficiency", 0.7), ("bandwidth_efficiency", 0.8), ("latency", 5e-6),
    ] {
      let number = try #require(numbers[key])
      #expect(abs(number.value / value - 1) < 0.01, "\(key) \(number.value)")
      #expect(number.standardError != nil)
    }
    let shipped = try LogFixtures.catalog().devices.parameters(gpu: "h100-sxm")
    #expect(
      fit.parameters.kernels.prefillAttentionLatency == shipped.kernels.prefillAttentionLatency)
    #expect(fit.parameters.engineRange == shipped.engineRange)
  }

  @Test func `products of one size alone cannot tell three numbers`() throws {
    let text = try Self.table([1, 2, 3, 4, 5], weights: [(4096, 4096)])
    let error = #expect(throws: InputError.self) { try Self.fit(text) }
    #expect(error?.problem.contains("5 rows of matrix_products cannot tell") == true)
    #expect(error?.expectation?.contains("of thousands") == true)
  }

  @Test func `a table names no GPU, and its rows their place`() throws {
    let text = try Self.table([1, 4096], weights: [(4096, 4096)])
    let unnamed = #expect(throws: InputError.self) { try Self.fit(text, gpu: nil) }
    #expect(unnamed?.description == "kernels.csv:2: kernel tables name no GPU; expected --gpu NAME")
    let lacking = #expect(throws: InputError.self) {
      try Self.fit("op,time_s,tokens\ngemm,1e-3,5\n")
    }
    #expect(lacking?.description.hasPrefix("kernels.csv:2: a gemm row lacks") == true)
  }
}
