internal import DeviceModels
internal import Foundation
internal import Scenarios

/// The numbers that a fit starts from, or a check uses: the shipped ones of each GPU, or those of
/// one fit file.
struct FleetStart: Sendable {
  let devices: DeviceCatalog
  /// Takes the place of the shipped numbers of its GPU.
  let own: DeviceFit?

  func parameters(_ gpu: String) throws -> DeviceParameters {
    if let own, own.gpu == gpu { return own.parameters }
    return try devices.parameters(gpu: gpu)
  }

  func replicaModel(_ replica: ServedReplica) throws -> RooflineReplicaModel {
    try replica.replicaModel(parameters(replica.gpu.name))
  }

  /// What one GPU is expected to draw while these runs are served: idle power between them, else
  /// what so many decoding rows draw.
  func expectedPower(_ runs: [RunTimeline], _ replica: ServedReplica) throws -> StepFunction {
    let model = try replicaModel(replica)
    let idle = model.parameters.power.idlePower
    let requests = runs.flatMap(\.run.requests)
    let tokens = requests.reduce(0) { $0 + $1.promptTokens + $1.outputTokens / 2 }
    let context = tokens / Double(max(1, requests.count))
    var known: [Int: Double] = [0: idle]
    var steps: [(time: Double, value: Double)] = []
    for run in runs.sorted(by: { $0.start < $1.start }) {
      for (time, rows) in run.inFlight {
        let watts =
          known[rows]
          ?? model.estimate(
            IterationShape(
              decodeRows: rows, decodeContextTokens: max(rows, Int(Double(rows) * context)))
          ).watts / Double(replica.layout.gpuCount)
        known[rows] = watts
        steps.append((max(time, steps.last?.time ?? time), watts))
      }
    }
    return StepFunction(steps, outside: idle)
  }
}
