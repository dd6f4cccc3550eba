import DeviceModels
import Scenarios
import Testing

@testable import Calibration

/// Closed loops as a known engine would have them, and the numbers that the fit finds in them.
@Suite struct EngineFitTests {
  /// Models of different depth and vocabulary, one with experts, at eight batches each.
  static func loops() throws -> [ServingMeasurement] {
    let catalog = try LogFixtures.catalog().devices
    return try ["llama-3.1-8b", "qwen3-14b", "gemma-3-12b", "qwen3-30b-a3b"].flatMap { name in
      try [4.0, 8, 16, 32, 64, 128, 512, 2048].map { rows in
        ServingMeasurement(
          set: "made up", model: try catalog.model(named: name), tensorParallelDegree: 1,
          batchRows: rows, promptTokens: 150, outputTokens: 600, iterationSeconds: 1,
          medianInterTokenLatency: nil, wattsPerGPU: 500)
      }
    }
  }

  static func timed(
    _ loops: [ServingMeasurement], _ seconds: [Double]
  ) -> [ServingMeasurement] {
    zip(loops, seconds).map { loop, seconds in
      ServingMeasurement(
        set: loop.set, model: loop.model, tensorParallelDegree: 1, batchRows: loop.batchRows,
        promptTokens: loop.promptTokens, outputTokens: loop.outputTokens,
        iterationSeconds: seconds, medianInterTokenLatency: nil, wattsPerGPU: loop.wattsPerGPU)
    }
  }

  @Test func `an engine whose host works beside the GPU is found again`() throws {
    let catalog = try LogFixtures.catalog().devices
    let gpu = try catalog.gpu(named: "b200-sxm")
    var truth = try catalog.parameters(gpu: gpu.name)
    truth.engine.kernelScale = 1
    truth.engine.timePerLayer = 6e-5
    truth.engine.timePerLogit = 1e-10
    truth.engine.timePerRow = 9e-4
    truth.engine.rowExponent = 0.65
    truth.engine.rowOverlapOrder = 4
    truth.engine.expertScale = 1.3
    let fitter = EngineFit(gpu: gpu, parameters: truth, lossScale: 0.1)
    let loops = try Self.loops()
    let measured = Self.timed(loops, try fitter.iterationSeconds(loops, truth.engine))
    let engine = try fitter.fit(measured, .layerSamplerHostRowsAndExperts).engine
    #expect(abs(engine.timePerLayer / 6e-5 - 1) < 0.01)
    #expect(abs(engine.timePerLogit / 1e-10 - 1) < 0.01)
    #expect(abs(engine.timePerRow / 9e-4 - 1) < 0.01)
    #expect(abs(engine.rowExponent - 0.65) < 0.005)
    #expect(abs(engine.expertScale / 1.3 - 1) < 0.01)
    // One after the other the same host takes longer.
    var later = truth.engine
    later.rowOverlapOrder = 1
    for (one, other) in zip(measured, try fitter.iterationSeconds(loops, later)) {
      #expect(other > one.iterationSeconds)
    }
  }

  @Test func `how alike narrow traffic chooses its experts is found again`() throws {
    let catalog = try LogFixtures.catalog().devices
    let gpu = try catalog.gpu(named: "h100-sxm")
    var truth = try catalog.parameters(gpu: gpu.name)
    truth.engine.timePerLayer = 3e-5
    truth.engine.timePerLogit = 4e-10
    // Not one of the shares at which kernels are tabulated.
    truth.engine.narrowRowShare = 0.42
    let fitter = EngineFit(gpu: gpu, parameters: truth, lossScale: 0.1)
    let loops = try Self.loops().map { loop in
      var loop = loop
      loop.isNarrow = loop.model.experts != nil
      return loop
    }
    let measured = zip(Self.timed(loops, try fitter.iterationSeconds(loops, truth.engine)), loops)
      .map { timed, loop in
        var timed = timed
        timed.isNarrow = loop.isNarrow
        return timed
      }
    var start = truth
    start.engine.narrowRowShare = 1
    let engine = try EngineFit(gpu: gpu, parameters: start, lossScale: 0.1)
      .fit(measured, .layerSamplerAndTraffic).engine
    #expect(abs(engine.narrowRowShare / 0.42 - 1) < 0.02)
    #expect(abs(engine.timePerLayer / 3e-5 - 1) < 0.02)
    #expect(abs(engine.timePerLogit / 4e-10 - 1) < 0.01)
  }

  @Test func `what models of four-bit experts take of the host is found again`() throws {
    let catalog = try LogFixtures.catalog().devices
    let gpu = try catalog.gpu(named: "b200-sxm")
    var truth = try catalog.parameters(gpu: gpu.name)
    truth.engine.timePerLogitWithoutSort = 1.5e-10
    truth.engine.timePerFourBitExpertLayer = 8e-5
    truth.engine.rowScaleWithoutSort = 0.7
    let fitter = EngineFit(gpu: gpu, parameters: truth, lossScale: 0.1)
    let model = try catalog.model(named: "gpt-oss-20b")
    let loops = [8.0, 16, 64, 128, 512, 2048].map { rows in
      ServingMeasurement(
        set: "made up", model: model, tensorParallelDegree: 1, batchRows: rows,
        promptTokens: 250, outputTokens: 2000, iterationSeconds: 1,
        medianInterTokenLatency: nil, wattsPerGPU: 500)
    }
    let measured = Self.timed(loops, try fitter.iterationSeconds(loops, truth.engine))
    let engine = try fitter.fit(measured, .fourBitExperts(hostRows: true)).engine
    #expect(abs(engine.timePerLogitWithoutSort / 1.5e-10 - 1) < 0.01)
    #expect(abs(engine.timePerFourBitExpertLayer / 8e-5 - 1) < 0.01)
    #expect(abs(engine.rowScaleWithoutSort - 0.7) < 0.005)
  }

  /// A tile of rows for each of the experts that a GPU holds, however the rest is spread.
  @Test func `padding of eight-bit experts goes by the experts that a GPU holds`() throws {
    let catalog = try LogFixtures.catalog().devices
    let gpu = try catalog.gpu(named: "h100-sxm")
    var model = try catalog.model(named: "qwen3-235b-a22b")
    model.weightFormat = .fp8
    let parameters = try catalog.parameters(gpu: gpu.name)
    func row(_ gpus: Int, spread: Bool) throws -> Double {
      try ReplicaMemo.shared.replica(
        gpu, model, ReplicaLayout(tensorParallelDegree: gpus, distributesExperts: spread),
        parameters
      ).eightBitExpertRowSeconds
    }
    let four = try row(4, spread: true)
    #expect(abs(four / (try row(8, spread: true)) - 2) < 1e-12)
    // Slices of all experts are as much arithmetic as whole ones of some.
    #expect(abs(four / (try row(4, spread: false)) - 1) < 1e-12)
    model.weightFormat = .bfloat16
    #expect(try row(4, spread: true) == 0)
  }
}
