internal import AnswerModels
internal import DeviceModels
internal import FleetEngine
internal import Quantities
internal import Scenarios
internal import Workloads

/// A serving run of the harness beside the same requests through the simulator.
///
/// Both follow the rules of docs/model.md with the same limits, so that what differs is time and
/// power.
struct HarnessReplay {
  struct Comparison {
    let quantity: String
    let measured: Double
    let predicted: Double

    var error: Double { predicted / measured - 1 }
  }

  let serving: HarnessServing
  let replica: RooflineReplicaModel

  init(_ serving: HarnessServing, gpu: String, devices: DeviceCatalog) throws {
    self.serving = serving
    replica = try devices.replicaModel(gpu: gpu, model: serving.limits.model)
  }

  /// Signed errors of each logged iteration, its shape given.
  var iterationErrors: [Double] {
    serving.iterations.map { logged in
      let shape = IterationShape(
        decodeRows: logged.decodeRows, decodeContextTokens: logged.decodeContextTokens,
        prefillTokens: logged.prefillTokens, prefillChunks: logged.prefillChunks,
        prefillAttentionPairs: logged.prefillPairs)
      return replica.estimate(shape).seconds / logged.seconds - 1
    }
  }

  /// Number and mean time of iterations, TTFT, TPOT and joules, of the whole run.
  func comparisons() throws -> [Comparison] {
    var recorder = ReplayRecorder()
    let result = try FleetSimulation(
      fleet: fleet, answers: RecordedAnswers(), policy: OnlyReplica()
    ).run(RequestSource(serving.requests), observer: &recorder)
    let requests = serving.requests
    let iterations = serving.iterations
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
    var all = [
      Comparison(
        quantity: "iterations", measured: Double(iterations.count),
        predicted: Double(result.iterations)),
      Comparison(
        quantity: "iteration time", measured: mean(iterations.map(\.seconds)),
        predicted: result.busyTime.seconds / Double(max(1, result.iterations))),
      Comparison(
        quantity: "time to first token",
        measured: mean(requests.map { $0.firstToken - $0.arrival }),
        predicted: mean(recorder.records.map(\.timeToFirstToken.seconds))),
      Comparison(
        quantity: "time per output token",
        measured: mean(
          requests.filter { $0.outputTokens > 1 }.map {
            ($0.end - $0.firstToken) / Double($0.outputTokens - 1)
          }),
        predicted: mean(recorder.records.compactMap(\.timePerOutputToken?.seconds))),
    ]
    let (start, end) = (requests.first?.arrival ?? 0, requests.map(\.end).max() ?? 0)
    if let joules = serving.joules(from: start, to: end) {
      all.append(
        Comparison(quantity: "energy", measured: joules, predicted: result.energy.gpu.joules))
    }
    return all
  }

  private var fleet: FleetConfiguration {
    let limits = serving.limits
    let pool = PoolConfiguration(
      name: serving.name, replicaCount: 1, gpusPerReplica: 1,
      limits: EngineLimits(
        batchRowLimit: limits.batchRows, iterationTokenBudget: limits.iterationTokens,
        tokensPerBlock: limits.tokensPerBlock, kvBlockCount: limits.blocks,
        maxModelTokens: limits.sequenceTokens),
      model: replica)
    return FleetConfiguration(
      pools: [pool], arms: [ArmConfiguration(name: serving.name, pools: [0], samples: 1)])
  }
}

/// The requests of a log at their instants, the first at 0.
private struct RequestSource: QuerySource {
  private let requests: [HarnessServing.Request]
  private var position = 0

  init(_ requests: [HarnessServing.Request]) { self.requests = requests }

  mutating func next() -> Query? {
    guard position < requests.count else { return nil }
    let request = requests[position]
    defer { position += 1 }
    return Query(
      id: UInt64(position), arrival: SimTime(rounding: request.arrival - requests[0].arrival),
      task: 0, promptTokens: request.promptTokens, recordedOutputTokens: request.outputTokens)
  }

}

private struct OnlyReplica: ServingPolicy {
  mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    .serve(arm: 0, replica: 0)
  }
}

private struct ReplayRecorder: RunObserver {
  var records: [RequestRecord] = []

  mutating func requestEnded(_ record: RequestRecord) {
    if record.outcome == .completed { records.append(record) }
  }
  mutating func intervalEnded(_ interval: FleetInterval) {}
}
