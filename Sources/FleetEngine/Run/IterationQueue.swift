internal import Quantities

/// The next event of every replica, earliest first.
///
/// A replica has at most one event, the end of its stretch. A tournament: each node of a tree
/// names the replica whose event is the earliest below it, so moving one replica's time takes one
/// comparison on each level up to the first that does not change, and allocates nothing. Equal
/// times come out in order of replica index.
struct IterationQueue: ~Copyable {
  /// By replica: ticks after `epoch`, which fit 64 bits because no event lies further ahead of the
  /// present than `TickProgression.longest`; `never` for none.
  private let ticks: UnsafeMutablePointer<Int64>
  /// `winner[i]` is the earlier of `winner[2i]` and `winner[2i + 1]`; replicas start at `width`.
  private let winner: UnsafeMutablePointer<Int32>
  /// Replicas that the lowest level has room for, a power of two.
  private let width: Int
  private var epoch: Int128 = 0

  static let mostReplicas = 1 << 24 - 1

  private static let never = Int64.max
  /// How far events may be from the epoch before it is moved.
  private static let reach = Int128(Int64.max / 2)

  init(replicaCount: Int) {
    precondition(replicaCount <= Self.mostReplicas, "\(replicaCount) replicas")
    var width = 1
    while width < replicaCount { width *= 2 }
    self.width = width
    ticks = .allocate(capacity: width)
    ticks.initialize(repeating: Self.never, count: width)
    winner = .allocate(capacity: 2 * width)
    winner.initialize(repeating: 0, count: 2 * width)
    for replica in 0..<width { winner[width + replica] = Int32(replica) }
    for node in stride(from: width - 1, to: 0, by: -1) { winner[node] = winner[2 * node] }
  }

  deinit {
    ticks.deallocate()
    winner.deallocate()
  }

  /// Replica of the earliest event; its time is `.never` if no iteration is in progress.
  var first: Int { Int(winner[1]) }
  var firstTime: SimTime {
    let earliest = ticks[first]
    return earliest == Self.never ? .never : SimTime(ticks: epoch + Int128(earliest))
  }

  /// The event of `replica` is over; `set` gives it the next.
  mutating func finish(_ replica: Int) { put(replica, Self.never) }

  /// Gives `replica` its event, which is not before any that is over; `.never` takes it away.
  mutating func set(_ replica: Int, to time: SimTime) {
    guard time < .never else { return put(replica, Self.never) }
    if time.ticks - epoch > Self.reach { moveEpoch(before: time) }
    put(replica, Int64(time.ticks - epoch))
  }

  @inline(__always) private func put(_ replica: Int, _ time: Int64) {
    ticks[replica] = time
    var node = width + replica
    var best = Int32(truncatingIfNeeded: replica)
    var earliest = time
    while node > 1 {
      let rival = winner[node ^ 1]
      let rivalTime = ticks[Int(rival)]
      // Which is first is for chance to decide: a branch would mostly be foretold wrong.
      let isFirst = (rivalTime < earliest ? 1 : 0) | (rivalTime == earliest && rival < best ? 1 : 0)
      best = isFirst != 0 ? rival : best
      earliest = isFirst != 0 ? rivalTime : earliest
      node >>= 1
      // Where another replica won before and still does, nothing changes further up.
      if winner[node] == best && Int(best) != replica { return }
      winner[node] = best
    }
  }

  /// Counts from the earliest event on, `time` included.
  private mutating func moveEpoch(before time: SimTime) {
    let earliest = min(firstTime, time).ticks
    let step = Int64(earliest - epoch)
    for replica in 0..<width where ticks[replica] != Self.never { ticks[replica] -= step }
    epoch = earliest
  }
}
