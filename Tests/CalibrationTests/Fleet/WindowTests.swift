import DeviceModels
import Foundation
import NumericalMethods
import Scenarios
import Testing

@testable import Calibration

@Suite struct WindowTests {
  static func replica() throws -> ServedReplica {
    try ReplicaFinder(catalog: LogFixtures.catalog(), defaults: FleetDefaults())
      .replica(
        RunFacts(model: "llama-3.1-8b", gpu: "h100-sxm"), at: LogPlace(file: "test"))
  }

  static func run(_ requests: [LoggedRequest], concurrency: Double? = nil) -> BenchmarkRun {
    var run = BenchmarkRun(place: LogPlace(file: "run.json"))
    run.requests = requests
    run.maxConcurrency = concurrency
    return run
  }

  static func request(_ start: Double?, decode: Double = 2, output: Double = 21) -> LoggedRequest {
    LoggedRequest(
      start: start, promptTokens: 100, outputTokens: output, firstTokenSeconds: 0.5,
      decodeSeconds: decode)
  }

  @Test func `rows, tokens and contexts are counted over the time in which they are`() throws {
    // One decodes from 0.5 to 2.5, the other from 1.5 to 3.5, each a token in 0.1 s.
    let timeline = try #require(RunTimeline(Self.run([Self.request(0), Self.request(1)])))
    let tally = timeline.tally(from: 1, to: 3)
    #expect(abs(tally.rowSeconds - 3) < 1e-9)
    #expect(abs(tally.tokens - 30) < 1e-9)
    #expect(abs(tally.decodingSeconds - 2) < 1e-9)
    #expect(tally.prompts == 1)
    // Contexts at the middle of each part: 101 + 12.5 tokens over 1.5 s, 101 + 7.5 over 1.5 s.
    #expect(abs(tally.contextSeconds - 1.5 * (113.5 + 108.5)) < 1e-9)
  }

  @Test func `without instants a closed loop is laid out by its slots`() throws {
    let requests = (0..<4).map { _ in Self.request(nil) }
    let timeline = try #require(RunTimeline(Self.run(requests, concurrency: 2)))
    #expect(timeline.spans.map(\.sent) == [0, 0, 2.5, 2.5])
    #expect(!timeline.isLogged)
    #expect(RunTimeline(Self.run(requests)) == nil)
  }

  @Test func `a long prompt is computed in pieces of the token budget`() throws {
    var replica = try Self.replica()
    replica = ServedReplica(
      gpu: replica.gpu, model: replica.model, layout: replica.layout, tokenBudget: 1000,
      cacheTokens: nil)
    let window = ServingWindow(
      place: LogPlace(file: "x"), run: "x", replica: replica, decodeRows: 10, contextTokens: 500,
      promptTokens: 2500, outputTokens: 100, promptsPerIteration: 0.1, interTokenSeconds: 0.01)
    let shapes = WindowShapes(window)
    #expect(shapes.mixes.allSatisfy { $0.shape.prefillTokens <= 1000 })
    #expect(abs(shapes.mixes.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    let chunks = shapes.mixes.reduce(0) { $0 + $1.share * Double($1.shape.prefillChunks) }
    // 0.09 prompts beside a row in three pieces each; one piece fills an iteration.
    #expect(abs(chunks - (1 - exp(-0.27))) < 1e-3)
  }

  @Test func `rows between two whole numbers are a mixture of both`() throws {
    let window = ServingWindow(
      place: LogPlace(file: "x"), run: "x", replica: try Self.replica(), decodeRows: 2.25,
      contextTokens: 100, promptTokens: 100, outputTokens: 100, promptsPerIteration: 0,
      interTokenSeconds: 0.01)
    let mixes = WindowShapes(window).mixes
    #expect(mixes.map(\.shape.decodeRows) == [2, 3])
    #expect(mixes.map(\.share) == [0.75, 0.25])
  }

  @Test func `windows of one run count for less than as many runs`() {
    let residuals = [0.1, 0.11, 0.09, -0.1, -0.11, -0.09]
    let runs = ["a", "a", "a", "b", "b", "b"]
    #expect(RobustFit.designEffect(residuals, runs) > 2.9)
    #expect(RobustFit.designEffect(residuals, ["a", "b", "c", "d", "e", "f"]) == 1)
    #expect(RobustFit.designEffect([0.1, -0.1, 0.05, -0.05], ["a", "a", "b", "b"]) == 1)
  }

  @Test(
    "drivers' names of GPUs lead to sheets",
    arguments: [
      ("NVIDIA H100 80GB HBM3", "h100-sxm"), ("H100", "h100-sxm"), ("NVIDIA_L40S", "l40s"),
      ("NVIDIA A100-SXM4-40GB", "a100-sxm-40gb"), ("NVIDIA_A100-PCIE-40GB", "a100-pcie-40gb"),
      ("NVIDIA H200", "h200-sxm"), ("b200-sxm", "b200-sxm"),
    ])
  func gpuNames(written: String, name: String) throws {
    let catalog = try LogFixtures.catalog()
    #expect(ReplicaFinder.gpu(written, catalog.devices)?.name == name)
    #expect(ReplicaFinder.gpu("Radeon", catalog.devices) == nil)
  }
}
