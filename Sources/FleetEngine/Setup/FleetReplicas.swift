/// Answers what policies ask of a fleet.
public protocol FleetState: AnyObject {
  /// Replicas.
  var count: Int { get }
  /// The replica with all that has taken effect so far.
  func view(of replica: Int) -> ReplicaView
  /// Of a range of replicas that is not empty the least load, and who has it: the first after
  /// replica `last`, or the first of all where there is none.
  func leastLoaded(in replicas: Range<Int>, after last: Int) -> (replica: Int, load: Int)
}

/// The replicas of a fleet, looked at one by one as a policy asks for them.
public struct FleetReplicas: RandomAccessCollection {
  private let state: any FleetState

  public init(_ state: any FleetState) { self.state = state }

  public var startIndex: Int { 0 }
  public var endIndex: Int { state.count }
  public subscript(replica: Int) -> ReplicaView { state.view(of: replica) }

  /// The least loaded of `candidates`; of equals the first after replica
  /// `last`, around the ring of all replicas. Logarithmic in their number.
  public func leastLoaded(among candidates: ReplicaSet, after last: Int) -> Int {
    precondition(!candidates.isEmpty, "no replica to choose from")
    var chosen = -1
    var leastLoad = Int.max
    var leastDistance = Int.max
    for range in candidates.ranges {
      let (replica, load) = state.leastLoaded(in: range, after: last)
      var distance = replica - last
      if distance <= 0 { distance += state.count }
      if load < leastLoad || (load == leastLoad && distance < leastDistance) {
        (chosen, leastLoad, leastDistance) = (replica, load, distance)
      }
    }
    return chosen
  }
}

/// Some replicas of a fleet: ranges of indices, as pools have them.
public struct ReplicaSet: RandomAccessCollection, Hashable, Sendable, ExpressibleByArrayLiteral {
  /// Without overlap, none empty.
  public let ranges: [Range<Int>]
  public let count: Int

  public init(ranges: [Range<Int>]) {
    self.ranges = ranges.filter { !$0.isEmpty }
    count = ranges.reduce(0) { $0 + $1.count }
  }

  /// Replicas one by one, none twice.
  public init(_ replicas: some Sequence<Int>) { self.init(ranges: replicas.map { $0..<$0 + 1 }) }

  public init(arrayLiteral replicas: Int...) { self.init(replicas) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(position: Int) -> Int {
    var left = position
    for range in ranges {
      if left < range.count { return range.lowerBound + left }
      left -= range.count
    }
    preconditionFailure("replica \(position) of \(count)")
  }
}

/// A fleet that stands still.
final class StandingFleet: FleetState {
  private let views: [ReplicaView]

  init(_ views: [ReplicaView]) { self.views = views }

  var count: Int { views.count }
  func view(of replica: Int) -> ReplicaView { views[replica] }

  func leastLoaded(in replicas: Range<Int>, after last: Int) -> (replica: Int, load: Int) {
    LoadIndex(views.map(\.load)).least(in: replicas, after: last)
  }
}
