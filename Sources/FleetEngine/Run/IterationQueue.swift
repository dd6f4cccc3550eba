internal import Quantities

/// The next event of every replica, earliest first.
///
/// A replica has at most one event, the end of the iteration in progress. An indexed heap with
/// four children a node: moving one replica's time costs O(log₄ replicas) and allocates nothing.
/// Equal times come out in order of replica index.
struct IterationQueue {
  private var times: [SimTime]
  /// Replica indices in heap order.
  private var heap: [Int32]
  /// Where in `heap` each replica is.
  private var position: [Int32]

  init(replicaCount: Int) {
    times = Array(repeating: .never, count: replicaCount)
    heap = (0..<Int32(replicaCount)).map { $0 }
    position = heap
  }

  /// Replica of the earliest event; its time is `.never` if no iteration is in progress.
  var first: Int { Int(heap[0]) }
  var firstTime: SimTime { times[Int(heap[0])] }

  func time(of replica: Int) -> SimTime { times[replica] }

  mutating func set(_ replica: Int, to time: SimTime) {
    let earlier = time < times[replica]
    times[replica] = time
    if earlier { siftUp(Int(position[replica])) } else { siftDown(Int(position[replica])) }
  }

  /// A replica whose stretch has ended: it has no event until it forms the next.
  mutating func postpone(_ replica: Int) { set(replica, to: .never) }

  private func precedes(_ a: Int32, _ b: Int32) -> Bool {
    let timeA = times[Int(a)]
    let timeB = times[Int(b)]
    return timeA == timeB ? a < b : timeA < timeB
  }

  private mutating func place(_ replica: Int32, at index: Int) {
    heap[index] = replica
    position[Int(replica)] = Int32(index)
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    let replica = heap[index]
    while index > 0 {
      let parent = (index - 1) / 4
      guard precedes(replica, heap[parent]) else { break }
      place(heap[parent], at: index)
      index = parent
    }
    place(replica, at: index)
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    let replica = heap[index]
    while 4 * index + 1 < heap.count {
      let firstChild = 4 * index + 1
      var best = firstChild
      for child in firstChild + 1..<max(firstChild + 1, min(firstChild + 4, heap.count))
      where precedes(heap[child], heap[best]) { best = child }
      guard precedes(heap[best], replica) else { break }
      place(heap[best], at: index)
      index = best
    }
    place(replica, at: index)
  }
}
