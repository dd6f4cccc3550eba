internal import Quantities

/// All replicas of a run, pool by pool, where policies can look at them.
final class ReplicaStore: FleetState {
  private let base: UnsafeMutablePointer<Replica>
  let count: Int
  /// The present, for what policies ask.
  @exclusivity(unchecked) var now = SimTime.zero
  @exclusivity(unchecked) private var loads: LoadIndex?

  init(_ pools: [PoolConfiguration]) {
    count = pools.reduce(0) { $0 + $1.replicaCount }
    base = .allocate(capacity: max(1, count))
    var next = 0
    for (index, pool) in pools.enumerated() {
      for number in 0..<pool.replicaCount {
        (base + next).initialize(
          to:
            Replica(pool: index, index: number, number: next, configuration: pool))
        next += 1
      }
    }
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  subscript(index: Int) -> Replica {
    @inline(__always) _read { yield base[index] }
    @inline(__always) _modify { yield &base[index] }
  }

  // MARK: What policies see

  func view(of replica: Int) -> ReplicaView {
    precondition(replica >= 0 && replica < count, "replica \(replica) of \(count)")
    return base[replica].view(at: now)
  }

  func leastLoaded(in replicas: Range<Int>, after last: Int) -> (replica: Int, load: Int) {
    if loads == nil {
      loads = LoadIndex((0..<count).map { base[$0].load })
    }
    return loads!.least(in: replicas, after: last)
  }

  /// Keeps the index of loads true, once somebody has asked for it.
  @inline(__always) func noteLoad(of replica: Int) {
    if loads != nil { loads!.update(replica, to: base[replica].load) }
  }
}
