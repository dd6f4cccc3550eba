import DeviceModels
import FleetEngine
import Foundation
import Quantities
import Scenarios
import TestSupport
import Testing

@testable import Calibration

/// Which part of a run of a fixed number of requests is measured.
@Suite struct SendingsTests {
  @Test func `from the last slot's first token to the last request sent`() {
    var sendings = Sendings()
    // Records come as requests end, in any order.
    for (id, sent, firstToken) in [
      (1, 0, 40), (0, 0, 10), (3, 300, 330), (2, 0, 25), (4, 500, 520),
    ] as [(UInt64, Int64, Int64)] {
      sendings.add(
        id, sent: SimTime(nanoseconds: sent), firstToken: SimTime(nanoseconds: firstToken))
    }
    #expect(
      sendings.window(slots: 3)
        == .between(SimTime(nanoseconds: 40), SimTime(nanoseconds: 500)))
    // The slots begin as late as the last request is sent.
    #expect(sendings.window(slots: 5) == nil)
    #expect(Sendings().window(slots: 1) == nil)
  }
}

/// Measured closed loops through the simulator, by the shipped numbers.
@Suite(.enabled(if: SharedData.isPresent, "needs the folder of measurements"))
struct SimulatedServingTests {
  /// A row of ML.ENERGY v3: GPU, chats, checkpoint's sheet, GPUs of a replica, requests in flight.
  static let rows: [(gpu: String, name: String, model: String, degree: Int, rows: Int)] = [
    ("H100", "h100-sxm", "llama-3.1-8b", 1, 64), ("H100", "h100-sxm", "llama-3.1-70b", 4, 16),
    ("H100", "h100-sxm", "qwen3-30b-a3b-2507", 1, 32), ("B200", "b200-sxm", "qwen3-14b", 1, 16),
    ("B200", "b200-sxm", "qwen3-235b-a22b-2507", 4, 16),
  ]

  static func row(_ index: Int) throws -> (ServingMeasurement, SimulatedServing, GPUSheet) {
    let catalog = try LogFixtures.catalog()
    let settings = try DeviceFitSettings(calibrationFolder: catalog.folder)
    let readers = ServingMeasurements(
      folder: SharedData.url("energy"), catalog: catalog.devices, settings: settings)
    let wanted = rows[index]
    let all =
      try readers.mlEnergyVersion3(gpu: wanted.gpu)
      + readers.mlEnergyVersion3(gpu: wanted.gpu, experts: .bfloat16)
    let found = all.first {
      $0.model.name == wanted.model && $0.tensorParallelDegree == wanted.degree
        && $0.concurrency == wanted.rows && $0.task == "lm-arena-chat"
    }
    return (
      try #require(found), SimulatedServing(catalog: catalog, settings: settings),
      try catalog.devices.gpu(named: wanted.name)
    )
  }

  @Test(arguments: rows.indices)
  func `a measured loop is near when it is simulated`(index: Int) throws {
    let (row, serving, gpu) = try Self.row(index)
    let parameters = try LogFixtures.catalog().devices.parameters(gpu: gpu.name)
    let outcome = try serving.run(row, gpu: gpu, parameters: parameters)
    let measured = row.batchRows / row.iterationSeconds
    #expect(abs(outcome.tokensPerSecond / measured - 1) < 0.15)
    #expect(
      abs(outcome.medianInterTokenLatency / (row.medianInterTokenLatency ?? 0) - 1) < 0.2)
    #expect(abs(outcome.wattsPerGPU / row.wattsPerGPU - 1) < 0.2)
    #expect(abs(outcome.joulesPerToken / row.joulesPerToken - 1) < 0.25)
  }

  /// The formula that the fits use and the simulator say the same.
  @Test func `the simulated loop is the steady state of the fit`() throws {
    let (row, serving, gpu) = try Self.row(0)
    let parameters = try LogFixtures.catalog().devices.parameters(gpu: gpu.name)
    let outcome = try serving.run(row, gpu: gpu, parameters: parameters)
    let fit = EngineFit(gpu: gpu, parameters: parameters, lossScale: 0.1)
    let seconds = try #require(try fit.iterationSeconds([row], parameters.engine).first)
    // The formula's rows decode all; the loop's compute their own prompts in turn.
    #expect(abs(outcome.tokensPerSecond * seconds / row.batchRows - 1) < 0.03)
  }
}
