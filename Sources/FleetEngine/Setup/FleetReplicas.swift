/// Answers what policies ask of a fleet.
public protocol FleetState: AnyObject {
  /// Replicas.
  var count: Int { get }
  /// The replica with all that has taken effect so far.
  func view(of replica: Int) -> ReplicaView
  /// Of a range of replicas that is not empty the least load, and who has it: the first after
  /// replica `last`, or the first of all where there is none.
  func leastLoaded(in replicas: Range<Int>, after last: Int) -> (replica: Int, load: Int)
  /// Of a range the highest load of at most `load`, and the first replica that has it.
  func mostLoaded(in replicas: Range<Int>, atMost load: Int) -> (replica: Int, load: Int)?
  /// Of a range the lowest load above `load`, and the first replica that has it.
  func leastLoaded(in replicas: Range<Int>, above load: Int) -> (replica: Int, load: Int)?
  /// Of a range that is not empty the replica with the least share of its KV blocks in use, and
  /// that share: the first after replica `last`, or the first of all where there is none.
  func leastOccupied(in replicas: Range<Int>, after last: Int) -> (replica: Int, share: Double)
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
    least(among: candidates, after: last) { state.leastLoaded(in: $0, after: last) }
  }

  /// The one of `candidates` with the least share of its KV blocks in use; of equals the first
  /// after replica `last`, around the ring. Looks at all of them.
  public func leastOccupied(among candidates: ReplicaSet, after last: Int) -> Int {
    least(among: candidates, after: last) { range in
      let (replica, share) = state.leastOccupied(in: range, after: last)
      return (replica, share)
    }
  }

  private func least<Measure: Comparable>(
    among candidates: ReplicaSet, after last: Int,
    _ leastOfRange: (Range<Int>) -> (replica: Int, Measure)
  ) -> Int {
    precondition(!candidates.isEmpty, "no replica to choose from")
    var chosen = -1
    var least: Measure?
    var leastDistance = Int.max
    for range in candidates.ranges {
      let (replica, measure) = leastOfRange(range)
      var distance = replica - last
      if distance <= 0 { distance += state.count }
      if let least, measure > least || (measure == least && distance >= leastDistance) {
        continue
      }
      (chosen, least, leastDistance) = (replica, measure, distance)
    }
    return chosen
  }

  /// The highest load within `range` that is at most `load`, with the first replica that has it;
  /// nil where all have more. Takes a step for each load in between, whatever their number.
  public func mostLoaded(
    in range: Range<Int>, atMost load: Int
  ) -> (replica: Int, load: Int)? {
    state.mostLoaded(in: range, atMost: load)
  }

  /// The lowest load within `range` above `load`, with the first replica that has it; nil where
  /// none has more.
  public func leastLoaded(
    in range: Range<Int>, above load: Int
  ) -> (replica: Int, load: Int)? {
    state.leastLoaded(in: range, above: load)
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

  func mostLoaded(in replicas: Range<Int>, atMost load: Int) -> (replica: Int, load: Int)? {
    LoadBuckets(views.map(\.load)).most(in: replicas, atMost: load)
  }

  func leastLoaded(in replicas: Range<Int>, above load: Int) -> (replica: Int, load: Int)? {
    LoadBuckets(views.map(\.load)).least(in: replicas, above: load)
  }
}

extension FleetState {
  public func leastOccupied(
    in replicas: Range<Int>, after last: Int
  ) -> (replica: Int, share: Double) {
    var (chosen, least) = (-1, Double.infinity)
    let later = max(replicas.lowerBound, min(last + 1, replicas.upperBound))
    for part in [later..<replicas.upperBound, replicas.lowerBound..<later] {
      for replica in part {
        let share = view(of: replica).kvShareUsed
        if share < least { (chosen, least) = (replica, share) }
      }
    }
    return (chosen, least)
  }
}
