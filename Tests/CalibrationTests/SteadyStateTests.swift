import DeviceModels
import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Calibration

@Suite struct SteadyStateTests {
  static func replica() throws -> RooflineReplicaModel {
    try DeviceCatalog.load(from: SharedData.packageRoot.appending(path: "calibration"))
      .replicaModel(gpu: "h100-sxm", model: "llama-3.1-8b")
  }

  static func measurement(rows: Double, output: Double) throws -> ServingMeasurement {
    ServingMeasurement(
      set: "test", model: try replica().model, tensorParallelDegree: 1, batchRows: rows,
      promptTokens: 100, outputTokens: output, iterationSeconds: 1, medianInterTokenLatency: nil,
      wattsPerGPU: 1)
  }

  @Test func `prompts per iteration average batch over output`() throws {
    let state = try SteadyState(Self.measurement(rows: 64, output: 16), on: Self.replica())
    // Rows are the 64 that decode and the 64/16 prompts.
    #expect(abs(state.mean(\.rows) - 68) < 0.05)
    #expect(state.median.rows == 68)
  }

  @Test func `a long output decodes almost alone`() throws {
    let replica = try Self.replica()
    let state = try SteadyState(Self.measurement(rows: 8, output: 8000), on: replica)
    let alone = replica.estimate(
      IterationShape(decodeRows: 8, decodeContextTokens: 8 * (100 + 4000)))
    #expect(state.median.estimate == alone)
    #expect(abs(state.mean { $0.estimate.seconds } / alone.seconds - 1) < 0.01)
  }
}
