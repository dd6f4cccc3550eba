internal import Quantities

/// The next event of every replica, earliest first.
///
/// A replica has at most one event, the end of its stretch. An indexed heap with four children a
/// node: moving one replica's time costs O(log₄ replicas) and allocates nothing. Equal times come
/// out in order of replica index.
struct IterationQueue: ~Copyable {
  private struct Node {
    var time: SimTime
    var replica: Int32

    @inline(__always) func precedes(_ other: Node) -> Bool {
      time == other.time ? replica < other.replica : time < other.time
    }
  }

  private var heap: UnsafeMutablePointer<Node>
  private var position: UnsafeMutablePointer<Int32>
  private let count: Int
  /// The earliest event is over and its replica has no next one yet: most get it at once, which
  /// then costs one move instead of two.
  private var isFirstOver = false

  init(replicaCount: Int) {
    count = replicaCount
    heap = .allocate(capacity: replicaCount)
    position = .allocate(capacity: replicaCount)
    for index in 0..<replicaCount {
      heap[index] = Node(time: .never, replica: Int32(index))
      position[index] = Int32(index)
    }
  }

  deinit {
    heap.deallocate()
    position.deallocate()
  }

  /// Replica of the earliest event; its time is `.never` if no iteration is in progress.
  var first: Int { Int(heap[isFirstOver ? secondIndex : 0].replica) }
  var firstTime: SimTime {
    guard isFirstOver else { return heap[0].time }
    return count > 1 ? heap[secondIndex].time : .never
  }

  /// Where the earliest event but the first is.
  private var secondIndex: Int {
    var best = min(1, count - 1)
    var child = 2
    while child < min(5, count) {
      if heap[child].precedes(heap[best]) { best = child }
      child += 1
    }
    return best
  }

  /// The event of `replica` is over; `set` gives it the next.
  mutating func finish(_ replica: Int) {
    if isFirstOver { set(Int(heap[0].replica), to: .never) }
    guard position[replica] == 0 else { return set(replica, to: .never) }
    // Nothing may rise above it meanwhile.
    heap[0].time = SimTime(ticks: .min)
    isFirstOver = true
  }

  mutating func set(_ replica: Int, to time: SimTime) {
    let index = Int(position[replica])
    if index == 0 {
      isFirstOver = false
      return siftDown(0, Node(time: time, replica: Int32(replica)))
    }
    let node = Node(time: time, replica: Int32(replica))
    if node.precedes(heap[index]) { siftUp(index, node) } else { siftDown(index, node) }
  }

  @inline(__always) private mutating func place(_ node: Node, at index: Int) {
    heap[index] = node
    position[Int(node.replica)] = Int32(index)
  }

  private mutating func siftUp(_ start: Int, _ node: Node) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 4
      guard node.precedes(heap[parent]) else { break }
      place(heap[parent], at: index)
      index = parent
    }
    place(node, at: index)
  }

  private mutating func siftDown(_ start: Int, _ node: Node) {
    var index = start
    while 4 * index + 1 < count {
      let firstChild = 4 * index + 1
      var best = firstChild
      var child = firstChild + 1
      while child < min(firstChild + 4, count) {
        if heap[child].precedes(heap[best]) { best = child }
        child += 1
      }
      guard heap[best].precedes(node) else { break }
      place(heap[best], at: index)
      index = best
    }
    place(node, at: index)
  }
}
