internal import Quantities

/// The next event of every replica, earliest first.
///
/// A replica has at most one event, the end of its stretch. An indexed heap with four children a
/// node: moving one replica's time costs O(log₄ replicas) and allocates nothing. Equal times come
/// out in order of replica index.
struct IterationQueue: ~Copyable {
  /// Time and replica in one number, so that one comparison orders both: four children are one
  /// line of the processor's cache.
  private struct Key {
    static let replicaBits = 24
    /// Far beyond any run, and still a time when shifted back.
    private static let never = Int128.max >> replicaBits
    static let first = Key(bits: .min)

    private var bits: Int128

    private init(bits: Int128) { self.bits = bits }

    init(_ time: SimTime, _ replica: Int) {
      bits = min(time.ticks, Self.never) << Self.replicaBits | Int128(replica)
    }

    var replica: Int { Int(truncatingIfNeeded: bits) & (1 << Self.replicaBits - 1) }
    var time: SimTime {
      let ticks = bits >> Self.replicaBits
      return ticks == Self.never ? .never : SimTime(ticks: ticks)
    }

    @inline(__always) func precedes(_ other: Key) -> Bool { bits < other.bits }
  }

  static let mostReplicas = 1 << Key.replicaBits - 1

  private let heap: UnsafeMutablePointer<Key>
  private let position: UnsafeMutablePointer<Int32>
  private let count: Int
  /// The replica whose event was the earliest and is over, or -1: most get the next at once, which
  /// then costs one move instead of two. It keeps the first place meanwhile.
  private var finished = -1

  init(replicaCount: Int) {
    precondition(replicaCount <= Self.mostReplicas, "\(replicaCount) replicas")
    count = replicaCount
    heap = .allocate(capacity: replicaCount)
    position = .allocate(capacity: replicaCount)
    for index in 0..<replicaCount {
      heap[index] = Key(.never, index)
      position[index] = Int32(index)
    }
  }

  deinit {
    heap.deallocate()
    position.deallocate()
  }

  /// Replica of the earliest event; its time is `.never` if no iteration is in progress.
  var first: Int { earliest.replica }
  var firstTime: SimTime { earliest.time }

  private var earliest: Key {
    guard finished >= 0 else { return heap[0] }
    guard count > 1 else { return Key(.never, finished) }
    return heap[leastChild(from: 1)]
  }

  /// The event of `replica` is over; `set` gives it the next.
  mutating func finish(_ replica: Int) {
    if finished >= 0 { set(finished, to: .never) }
    guard position[replica] == 0 else { return set(replica, to: .never) }
    // Nothing may rise above it meanwhile.
    heap[0] = .first
    finished = replica
  }

  mutating func set(_ replica: Int, to time: SimTime) {
    let index = Int(position[replica])
    let key = Key(time, replica)
    if index == 0 {
      finished = -1
      siftDown(0, key)
    } else if key.precedes(heap[index]) {
      siftUp(index, key)
    } else {
      siftDown(index, key)
    }
  }

  @inline(__always) private func place(_ key: Key, at index: Int) {
    heap[index] = key
    position[key.replica] = Int32(index)
  }

  private func siftUp(_ start: Int, _ key: Key) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 4
      guard key.precedes(heap[parent]) else { break }
      place(heap[parent], at: index)
      index = parent
    }
    place(key, at: index)
  }

  private func siftDown(_ start: Int, _ key: Key) {
    var index = start
    while 4 * index + 1 < count {
      let best = leastChild(from: 4 * index + 1)
      guard heap[best].precedes(key) else { break }
      place(heap[best], at: index)
      index = best
    }
    place(key, at: index)
  }

  /// The least of the four children from `first` on, as far as there are so many.
  @inline(__always) private func leastChild(from first: Int) -> Int {
    guard first + 3 < count else {
      var best = first
      for child in first + 1..<max(first + 1, count) where heap[child].precedes(heap[best]) {
        best = child
      }
      return best
    }
    let left = heap[first + 1].precedes(heap[first]) ? first + 1 : first
    let right = heap[first + 3].precedes(heap[first + 2]) ? first + 3 : first + 2
    return heap[right].precedes(heap[left]) ? right : left
  }
}
