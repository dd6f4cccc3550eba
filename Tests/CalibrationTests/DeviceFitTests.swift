import DeviceModels
import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Calibration

@Suite(.enabled(if: SharedData.isPresent, "needs the folder of measurements"))
struct DeviceFitTests {
  static let calibration = SharedData.packageRoot.appending(path: "calibration")

  @Test func `the committed fits are what the measurements give, byte for byte`() throws {
    let differences = try DeviceFits.check(
      dataFolder: SharedData.url(""), calibrationFolder: Self.calibration)
    #expect(differences == [])
  }

  /// Frontenac stage 1: 1.54 J per token at one request in flight.
  @Test func `one request to a 1.5B on an L40S costs what was measured`() throws {
    let replica = try DeviceCatalog.load(from: Self.calibration)
      .replicaModel(gpu: "l40s", model: "qwen2.5-1.5b")
    let estimate = replica.estimate(IterationShape(decodeRows: 1, decodeContextTokens: 192))
    #expect(abs(estimate.joules / 1.54 - 1) < 0.05)
    #expect(abs(1 / estimate.seconds / 183 - 1) < 0.05)
  }

  /// Argonne's runs, which no fit has seen: Llama-3-8B on one GPU, 1,024 tokens in and out, rows,
  /// seconds of the batch, mean watts. Their engine is older and leaves longer gaps.
  static let argonne: [(gpu: String, rows: Int, seconds: Double, watts: Double)] = [
    ("h100-sxm", 1, 8.098, 363.3), ("h100-sxm", 16, 11.025, 404.2),
    ("h100-sxm", 32, 13.057, 435.2), ("h100-sxm", 64, 18.808, 455.5),
    ("a100-sxm-40gb", 1, 14.936, 228.8), ("a100-sxm-40gb", 16, 19.914, 264.3),
    ("a100-sxm-40gb", 32, 26.355, 279.2), ("a100-sxm-40gb", 64, 36.162, 315.8),
  ]

  @Test(arguments: argonne.indices)
  func `runs that no fit has seen are near`(index: Int) throws {
    let run = Self.argonne[index]
    let replica = try DeviceCatalog.load(from: Self.calibration)
      .replicaModel(gpu: run.gpu, model: "llama-3.1-8b")
    let prefill = replica.estimate(
      IterationShape(
        prefillTokens: run.rows * 1024, prefillChunks: run.rows,
        prefillAttentionPairs: run.rows * 1024 * 1025 / 2))
    let decode = replica.estimate(
      IterationShape(decodeRows: run.rows, decodeContextTokens: run.rows * (1024 + 512)))
    let seconds = prefill.seconds + 1023 * decode.seconds
    let joules = prefill.joules + 1023 * decode.joules
    #expect(abs(seconds / run.seconds - 1) < 0.15)
    #expect(abs(joules / (run.seconds * run.watts) - 1) < 0.3)
  }

  @Test func `the node is the line that was read off by hand`() throws {
    let settings = try DeviceFitSettings(calibrationFolder: Self.calibration)
    let node = try NodeFit(dataFolder: SharedData.url(""), settings: settings.node)
    #expect(abs(node.hostPower - 1660) < 10)
    #expect(abs(node.wattsPerGPUWatt - 1.11) < 0.005)
    #expect(node.checkErrors.allSatisfy { abs($0) < 0.08 })
  }

  @Test func `a data folder without the tables is refused by name`() throws {
    let error = #expect(throws: InputError.self) {
      try DeviceFits.run(
        dataFolder: SharedData.packageRoot, calibrationFolder: Self.calibration)
    }
    #expect(error?.problem == "no such file")
  }
}
