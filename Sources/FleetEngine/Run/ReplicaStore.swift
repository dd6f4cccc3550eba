internal import Quantities

/// All replicas of a run, pool by pool, where policies can look at them.
final class ReplicaStore: FleetState {
  private let base: UnsafeMutablePointer<Replica>
  let count: Int
  /// The present, for what policies ask.
  @exclusivity(unchecked) var now = SimTime.zero
  @exclusivity(unchecked) private var loads: LoadIndex?
  @exclusivity(unchecked) private var buckets: LoadBuckets?

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

  /// Begins to fetch a replica that is going to be used soon.
  @inline(__always) func prefetchReplica(_ index: Int) { prefetch(UnsafePointer(base + index)) }

  /// Begins to fetch what the end of a replica's iterations is going to touch.
  @inline(__always) func prefetchDue(of index: Int, _ requests: borrowing RequestTable) {
    base[index].prefetchDue(requests)
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

  func mostLoaded(in replicas: Range<Int>, atMost load: Int) -> (replica: Int, load: Int)? {
    if buckets == nil { buckets = LoadBuckets((0..<count).map { base[$0].load }) }
    return buckets!.most(in: replicas, atMost: load)
  }

  func leastLoaded(in replicas: Range<Int>, above load: Int) -> (replica: Int, load: Int)? {
    if buckets == nil { buckets = LoadBuckets((0..<count).map { base[$0].load }) }
    return buckets!.least(in: replicas, above: load)
  }

  /// Keeps the indices of loads true, once somebody has asked for them.
  @inline(__always) func noteLoad(of replica: Int) {
    if loads != nil { loads!.update(replica, to: base[replica].load) }
    if buckets != nil { buckets!.update(replica, to: base[replica].load) }
  }
}
