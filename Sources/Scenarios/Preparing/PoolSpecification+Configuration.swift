internal import DeviceModels
internal import FleetEngine
internal import Foundation
internal import NumericalMethods
internal import Quantities

extension PoolSpecification {
  func configuration(within surroundings: FleetSurroundings, seed: UInt64) -> PoolConfiguration {
    var pool = PoolConfiguration(
      name: name, replicaCount: replicaCount, gpusPerReplica: gpusPerReplica, limits: limits,
      rules: rules, model: replica,
      hostPowerPerGPU: Power(rounding: surroundings.node?.hostPowerPerGPU ?? 0),
      nodeWattsPerGPUWatt: surroundings.node?.wattsPerGPUWatt ?? 1)
    pool.powerFactors = powerFactors(within: surroundings, seed: seed)
    return pool
  }

  /// By replica; those of one node share a factor. Log-normal with mean 1, a function of seed,
  /// pool and node alone, so that a node is the same under every policy.
  private func powerFactors(within surroundings: FleetSurroundings, seed: UInt64) -> [PowerFactor] {
    let spread = surroundings.powerSpread
    guard spread > 0 else { return [] }
    let stream = RandomStream(seed: seed, purpose: "node power of \(name)")
    let nodeSize = surroundings.node?.gpuCount ?? replica.gpu.gpusPerNode
    let replicasPerNode = max(1, nodeSize / gpusPerReplica)
    // Of a log-normal with this standard deviation over its mean.
    let deviation = log(1 + spread * spread).squareRoot()
    return (0..<replicaCount).map { index in
      let normal = StandardNormal.quantile(stream.uniform(id: UInt64(index / replicasPerNode)))
      return PowerFactor(rounding: exp(deviation * normal - deviation * deviation / 2))
    }
  }
}
