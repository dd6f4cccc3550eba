internal import DeviceModels
internal import FleetEngine
internal import Foundation
internal import NumericalMethods
internal import Quantities
internal import Scenarios

/// A measured closed loop, run through the simulator as a scenario of its own: what any user's
/// scenario would say of it.
///
/// As many requests are in flight as in the measurement, prompts are of the assumed length, outputs
/// of the published mean and spread; the engine holds as many rows, and as many tokens as fit.
struct SimulatedServing {
  /// Figures of the steady state.
  struct Outcome {
    let tokensPerSecond: Double
    /// Median gap between two tokens of a sequence, s.
    let medianInterTokenLatency: Double
    let wattsPerGPU: Double
    let joulesPerToken: Double
  }

  let catalog: Catalog
  let settings: DeviceFitSettings

  /// Requests for every one in flight, of one length: one round to fill the loop, the rest to
  /// measure. The window opens when every slot has turned over, which takes longer the wider the
  /// lengths are spread.
  private static let rounds = 8.0
  private static let leastRequests = 200

  func run(
    _ row: ServingMeasurement, gpu: GPUSheet, parameters: DeviceParameters
  ) throws -> Outcome {
    let text = text(row, gpu: gpu.name)
    let prepared = try Scenario.parse(text: text, file: Self.name, catalog: catalog)
      .prepare(policy: 0)
    var fleet = prepared.fleet
    fleet.pools[0].model = try ReplicaMemo.shared.replica(gpu, row.model, row.layout, parameters)
    var recorder = NoObserver()
    let result = try FleetSimulation(
      fleet: fleet, answers: prepared.answers, estimator: prepared.estimator,
      policy: prepared.makePolicy()
    ).run(prepared.makeSource(), observer: &recorder)
    return try outcome(result, gpus: row.tensorParallelDegree)
  }

  private func outcome(_ result: RunResult, gpus: Int) throws -> Outcome {
    let seconds = (result.windowEnd - result.windowStart).seconds
    let tokens = Double(result.tokens.output)
    guard seconds > 0, tokens > 0,
      let median = result.latency.interTokenLatency.quantile(0.5)
    else { throw InputError(problem: "a simulated measurement came to no steady state") }
    let joules = result.energy.gpu.joules
    return Outcome(
      tokensPerSecond: tokens / seconds, medianInterTokenLatency: median * Self.nanosecond,
      wattsPerGPU: joules / seconds / Double(gpus), joulesPerToken: joules / tokens)
  }

  private static let name = "measured"
  /// Unit of the sketch, s.
  private static let nanosecond = 1e-9

  /// Square of the lengths' coefficient of variation. A settled loop's tokens are produced at the
  /// mean age mean·(1 + cv²)/2: it is that at which this is the age in the measured loop, and 0
  /// where the measurement was over before its slots were that far.
  private static func squaredVariation(_ row: ServingMeasurement) -> Double {
    max(0, row.loop.map { 2 * $0.meanAge / row.outputTokens - 1 } ?? 0)
  }

  private func text(_ row: ServingMeasurement, gpu: String) -> String {
    let rows = row.concurrency
    let square = Self.squaredVariation(row)
    let rounds = Self.rounds * (1 + square)
    let requests = max(Self.leastRequests, Int(rounds * Double(rows)))
    let mean = Int(row.outputTokens.rounded())
    let output =
      square > 0
      ? "{gamma: {mean: \(mean), cv: \(FiveDigits.text(square.squareRoot()))}}" : "\(mean)"
    return """
      seed: 1
      workload:
        requests: \(requests)
        arrivals: {process: closed-loop, concurrency: \(rows)}
        tasks:
          - name: \(Self.name)
            prompt: \(Int(row.promptTokens.rounded()))
            output: \(output)
      fleet:
        pools:
          - name: \(Self.name)
            model: \(row.model.name)
            gpu: \(gpu)
            replicas: 1
            tensor_parallel_size: \(row.tensorParallelDegree)
            engine:
              max_num_seqs: \(rows)
              max_num_batched_tokens: \(max(rows, settings.tokenBudget))
              quantization: \(row.model.weightFormat.rawValue)
      arms: [{name: \(Self.name), model: \(row.model.name), strategy: direct}]
      policies: [{name: \(Self.name), choose: {arm: \(Self.name)}, route: least-loaded}]
      """
  }
}

/// Keeps nothing.
private struct NoObserver: RunObserver {
  mutating func requestEnded(_ record: RequestRecord) {}
  mutating func intervalEnded(_ interval: FleetInterval) {}
}
