internal import Quantities

/// The next event of every replica, earliest first.
///
/// A replica has at most one event, the end of its stretch. A tree of minima over all replicas:
/// each node holds the lesser of its two children, so moving one replica's time takes one
/// comparison on each level up to the first that does not change, and allocates nothing. Equal
/// times come out in order of replica index.
struct IterationQueue: ~Copyable {
  /// Ticks after `epoch`, which fit 64 bits because no event lies further ahead of the present
  /// than `TickProgression.longest`; `never` for none. `tree[i]` is the lesser of `tree[2i]` and
  /// `tree[2i + 1]`; the replicas start at `width`.
  private let tree: UnsafeMutablePointer<Int64>
  /// Replicas that the lowest level has room for, a power of two.
  private let width: Int
  private var epoch: Int128 = 0

  private static let never = Int64.max
  /// How far events may be from the epoch before it is moved.
  private static let reach = Int128(Int64.max / 2)

  init(replicaCount: Int) {
    var width = 1
    while width < replicaCount { width *= 2 }
    self.width = width
    tree = .allocate(capacity: 2 * width)
    tree.initialize(repeating: Self.never, count: 2 * width)
  }

  deinit { tree.deallocate() }

  /// Of the earliest event; `.never` if no iteration is in progress.
  var firstTime: SimTime {
    tree[1] == Self.never ? .never : SimTime(ticks: epoch + Int128(tree[1]))
  }

  /// Replica of the earliest event, which there is.
  var first: Int {
    let earliest = tree[1]
    var node = 1
    while node < width { node = 2 * node + (tree[2 * node] == earliest ? 0 : 1) }
    return node - width
  }

  /// The event of `replica` is over; `set` gives it the next.
  mutating func finish(_ replica: Int) { put(replica, Self.never) }

  /// Gives `replica` its event, which is not before any that is over; `.never` takes it away.
  mutating func set(_ replica: Int, to time: SimTime) {
    guard time < .never else { return put(replica, Self.never) }
    if time.ticks - epoch > Self.reach { moveEpoch(before: time) }
    put(replica, Int64(time.ticks - epoch))
  }

  @inline(__always) private func put(_ replica: Int, _ ticks: Int64) {
    var node = width + replica
    var least = ticks
    while tree[node] != least {
      tree[node] = least
      guard node > 1 else { return }
      least = min(least, tree[node ^ 1])
      node >>= 1
    }
  }

  /// Counts from the earliest event on, `time` included.
  private mutating func moveEpoch(before time: SimTime) {
    let earliest = min(firstTime, time).ticks
    let step = Int64(earliest - epoch)
    for node in 1..<2 * width where tree[node] != Self.never { tree[node] -= step }
    epoch = earliest
  }
}
