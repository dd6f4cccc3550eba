internal import Quantities

/// What waits for a place in the batch: a request whose prompt is not computed, or one sample
/// that was preempted and resumes with all it had.
struct WaitingItem {
  var request: Int32
  /// The preempted sample, or -1 for a whole request.
  var sample: Int32
  /// Tokens that the preempted sample had already put out; 0 for a whole request.
  var generated: Int
  /// Prompt and generated tokens to compute if nothing of them is cached.
  var tokens: Int
  /// Output tokens that the preempted sample will have; 0 for a whole request.
  var output = 0
  /// Position of the preempted sample's first answer token, 0 if that is past.
  var firstAnswer = 0
  /// When the preempted sample put out its last token.
  var lastToken = SimTime.zero
}

/// First come, first served; a preempted sample goes back to the front.
///
/// A ring buffer that grows with the queue.
struct WaitingQueue {
  private var ring: [WaitingItem?] = Array(repeating: nil, count: 16)
  private var head = 0
  private(set) var count = 0

  var first: WaitingItem? { count == 0 ? nil : ring[head] }

  mutating func append(_ item: WaitingItem) {
    growIfFull()
    ring[(head + count) & (ring.count - 1)] = item
    count += 1
  }

  mutating func prepend(_ item: WaitingItem) {
    growIfFull()
    head = (head + ring.count - 1) & (ring.count - 1)
    ring[head] = item
    count += 1
  }

  mutating func removeFirst() {
    precondition(count > 0, "the waiting queue is empty")
    ring[head] = nil
    head = (head + 1) & (ring.count - 1)
    count -= 1
  }

  /// Doubles the ring; its size stays a power of two.
  private mutating func growIfFull() {
    guard count == ring.count else { return }
    var larger: [WaitingItem?] = Array(repeating: nil, count: 2 * ring.count)
    for index in 0..<count { larger[index] = ring[(head + index) & (ring.count - 1)] }
    ring = larger
    head = 0
  }
}
