internal import DeviceModels
internal import FleetEngine
internal import Foundation
internal import NumericalMethods
internal import Quantities
internal import Scenarios

/// A measured closed loop, run through the simulator as a scenario of its own: what any user's
/// scenario would say of it.
///
/// As many requests are sent as in the measurement, as many are in flight, all slots begin
/// together; prompts are of the assumed length, outputs of the published mean and spread; the
/// engine holds as many rows, and as many tokens as fit. What counts lies between the first token
/// of the last slot to begin and the last request sent. Where the publication does not tell how
/// many were sent, or the last was sent before all slots had begun, the loop has settled instead,
/// with outputs of one length.
struct SimulatedServing {
  /// Figures of what counts of the runs.
  struct Outcome {
    let tokensPerSecond: Double
    /// Median gap between two tokens of a sequence, s.
    let medianInterTokenLatency: Double
    let wattsPerGPU: Double
    let joulesPerToken: Double
  }

  let catalog: Catalog
  let settings: DeviceFitSettings

  /// Requests for every one in flight in a settled loop: one round to fill it, the rest to measure.
  private static let settledRounds = 8
  private static let leastRequests = 200
  /// Draws of lengths that a run is repeated with: some runs sent two hundred requests.
  private static let seeds = 1...3

  func run(
    _ row: ServingMeasurement, gpu: GPUSheet, parameters: DeviceParameters
  ) throws -> Outcome {
    let replica = try ReplicaMemo.shared.replica(gpu, row.model, row.layout, parameters)
    func prepared(_ loop: ClosedLoop?, seed: Int) throws -> PreparedRun {
      try Scenario.parse(
        text: text(row, loop, gpu: gpu.name, seed: seed), file: Self.name, catalog: catalog
      ).prepare(policy: 0)
    }
    var results: [RunResult] = []
    if let loop = row.loop {
      for seed in Self.seeds {
        let prepared = try prepared(loop, seed: seed)
        let sendings = try run(prepared, replica, window: nil).1
        guard let window = sendings.window(slots: row.concurrency) else { continue }
        results.append(try run(prepared, replica, window: window).0)
      }
    }
    if results.isEmpty {
      results = [try run(prepared(nil, seed: Self.seeds.lowerBound), replica, window: nil).0]
    }
    return try outcome(results, gpus: row.tensorParallelDegree)
  }

  private func run(
    _ prepared: PreparedRun, _ replica: RooflineReplicaModel, window: MeasurementWindow?
  ) throws -> (RunResult, Sendings) {
    var fleet = prepared.fleet
    fleet.pools[0].model = replica
    if let window { fleet.window = window }
    var sendings = Sendings()
    let result = try FleetSimulation(
      fleet: fleet, answers: prepared.answers, estimator: prepared.estimator,
      policy: prepared.makePolicy()
    ).run(prepared.makeSource(), observer: &sendings)
    return (result, sendings)
  }

  private func outcome(_ results: [RunResult], gpus: Int) throws -> Outcome {
    let seconds = results.reduce(0) { $0 + ($1.windowEnd - $1.windowStart).seconds }
    let tokens = results.reduce(0) { $0 + Double($1.tokens.output) }
    let joules = results.reduce(0) { $0 + $1.energy.gpu.joules }
    let medians = results.compactMap { $0.latency.interTokenLatency.quantile(0.5) }
    guard seconds > 0, tokens > 0, !medians.isEmpty else {
      throw InputError(
        problem: "a simulated measurement has nothing between its first tokens and its last request"
      )
    }
    return Outcome(
      tokensPerSecond: tokens / seconds,
      medianInterTokenLatency: medians.reduce(0, +) / Double(medians.count) * Self.nanosecond,
      wattsPerGPU: joules / seconds / Double(gpus), joulesPerToken: joules / tokens)
  }

  private static let name = "measured"
  /// Unit of the sketch, s.
  private static let nanosecond = 1e-9

  /// Queries a second: all at once, as a client with a limit of requests in flight has them.
  private static let askingRate = "1e6"

  private func text(
    _ row: ServingMeasurement, _ loop: ClosedLoop?, gpu: String, seed: Int
  ) -> String {
    let rows = row.concurrency
    let mean = Int(row.outputTokens.rounded())
    let settled = max(Self.leastRequests, Self.settledRounds * rows)
    let arrivals =
      loop == nil
      ? "{process: closed-loop, concurrency: \(rows)}"
      : "{process: poisson, rate: \(Self.askingRate), max_concurrency: \(rows)}"
    let output =
      loop.map { "{gamma: {mean: \(mean), cv: \(FiveDigits.text($0.lengthVariation))}}" }
      ?? "\(mean)"
    return """
      seed: \(seed)
      workload:
        requests: \(loop?.requestCount ?? settled)
        arrivals: \(arrivals)
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

/// When requests were sent and first answered.
struct Sendings: RunObserver {
  private var sent: [(id: UInt64, arrival: SimTime, firstToken: SimTime)] = []

  mutating func requestEnded(_ record: RequestRecord) {
    add(record.id, sent: record.arrival, firstToken: record.firstToken)
  }

  mutating func add(_ id: UInt64, sent arrival: SimTime, firstToken: SimTime) {
    sent.append((id, arrival, firstToken))
  }

  mutating func intervalEnded(_ interval: FleetInterval) {}

  /// From the first token of the last slot to begin until the last request is sent; nil where the
  /// last one is sent before.
  func window(slots: Int) -> MeasurementWindow? {
    let opens = sent.filter { $0.id < UInt64(slots) }.map(\.firstToken).max()
    guard let opens, let closes = sent.map(\.arrival).max(), opens < closes else { return nil }
    return .between(opens, closes)
  }
}
