internal import DeviceModels
internal import Synchronization

/// Replicas by what they serve, so that a fit that tries many engines tabulates the kernels once.
///
/// Only saves time: a replica is a pure function of its sheets and parameters.
final class ReplicaMemo: Sendable {
  static let shared = ReplicaMemo()

  private struct Key: Hashable {
    let gpu: GPUSheet
    let model: ModelSheet
    let layout: ReplicaLayout
    /// What else the tables depend on, beside the kernels.
    let rowShare: Double
  }

  private let replicas = Mutex<[Key: RooflineReplicaModel]>([:])

  func replica(
    _ gpu: GPUSheet, _ model: ModelSheet, _ layout: ReplicaLayout, _ parameters: DeviceParameters
  ) throws -> RooflineReplicaModel {
    let key = Key(
      gpu: gpu, model: model, layout: layout,
      rowShare: parameters.engine.rowShare(of: layout.expertTraffic))
    let known = replicas.withLock { $0[key] }
    let replica =
      try known?.with(parameters)
      ?? RooflineReplicaModel(gpu: gpu, model: model, layout: layout, parameters: parameters)
    replicas.withLock { $0[key] = replica }
    return replica
  }
}
