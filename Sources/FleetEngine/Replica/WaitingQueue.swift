internal import HeapModule
internal import Quantities

/// What waits for a place in the batch: a request whose prompt is not computed, or one sample
/// that was preempted and resumes with all it had.
struct WaitingItem {
  var request: RequestReference
  /// The preempted sample, or -1 for a whole request.
  var sample: Int32
  /// Prompt and generated tokens to compute if nothing of them is cached.
  var tokens: Int
  /// Output tokens that the preempted sample had put out, will have in all, and those of them
  /// before its answer; 0 for a whole request.
  var generated: Int32 = 0
  var outputTokens: Int32 = 0
  var reasoningTokens: Int32 = 0
  /// Position of the preempted sample's first answer token, 0 if that is past.
  var firstAnswer: Int32 = 0
  /// When the preempted sample put out its last token.
  var lastToken = SimTime.zero
}

/// Where an item stands in a queue that is not first come, first served.
struct QueueRank: Comparable {
  /// Priority, or prompt tokens.
  var urgency: Int
  var arrival: SimTime
  var id: UInt64
  var sample: Int32

  static func < (a: Self, b: Self) -> Bool {
    if a.urgency != b.urgency { return a.urgency < b.urgency }
    if a.arrival != b.arrival { return a.arrival < b.arrival }
    return a.id != b.id ? a.id < b.id : a.sample < b.sample
  }
}

/// The waiting items of one replica: a ring in the order in which they came, after what was put
/// back to its front, and behind it a heap of those that wait by rank.
///
/// An item of a request that was given up stays until it comes to the front, where `settle`
/// drops it, or until more than half of the items are such ones, when `compact` drops them all.
struct WaitingQueue: ~Copyable {
  struct Ranked: Comparable {
    var rank: QueueRank
    var item: WaitingItem
    static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    static func == (a: Self, b: Self) -> Bool { a.rank == b.rank }
  }

  private var ring: Slab<WaitingItem>
  private var head = 0
  private var ringCount = 0
  private var ranked = Heap<Ranked>()
  /// Items of requests that were given up, not counting these.
  private(set) var count = 0

  init() { ring = Self.emptyRing(16) }

  private static func emptyRing(_ capacity: Int) -> Slab<WaitingItem> {
    var ring = Slab<WaitingItem>(capacity: capacity)
    for _ in 0..<capacity { ring.append(nothing) }
    return ring
  }

  /// Items of requests that were given up among them.
  var storedCount: Int { ringCount + ranked.count }

  private static let nothing = WaitingItem(request: .none, sample: -1, tokens: 0)

  /// The next item, of whatever request; nil where none is left.
  var front: WaitingItem? { ringCount > 0 ? ring[head] : ranked.min?.item }

  mutating func append(_ item: WaitingItem) {
    growIfFull()
    ring[(head + ringCount) & (ring.count - 1)] = item
    ringCount += 1
    count += 1
  }

  mutating func prepend(_ item: WaitingItem) {
    growIfFull()
    head = (head + ring.count - 1) & (ring.count - 1)
    ring[head] = item
    ringCount += 1
    count += 1
  }

  mutating func insert(_ item: WaitingItem, rank: QueueRank) {
    ranked.insert(Ranked(rank: rank, item: item))
    count += 1
  }

  mutating func removeFirst() {
    dropFront()
    count -= 1
  }

  /// Forgets `items` items of a request that was given up, wherever they stand.
  mutating func giveUp(items: Int) { count -= items }

  /// Drops what stands at the front of requests that were given up.
  mutating func settle(_ isAlive: (RequestReference) -> Bool) {
    while let item = front, !isAlive(item.request) { dropFront() }
  }

  /// Drops every item of a request that was given up, once they are the greater part: what is
  /// stored follows what waits, at a constant cost for each item that ever came.
  @inline(__always) mutating func compact(_ isAlive: (RequestReference) -> Bool) {
    if storedCount > 2 * count + 16 { rebuild(isAlive) }
  }

  @inline(never) private mutating func rebuild(_ isAlive: (RequestReference) -> Bool) {
    ranked = Heap(ranked.unordered.filter { isAlive($0.item.request) })
    var kept = 0
    for index in 0..<ringCount {
      let item = ring[(head + index) & (ring.count - 1)]
      guard isAlive(item.request) else { continue }
      ring[(head + kept) & (ring.count - 1)] = item
      kept += 1
    }
    ringCount = kept
  }

  private mutating func dropFront() {
    guard ringCount > 0 else {
      precondition(ranked.popMin() != nil, "the waiting queue is empty")
      return
    }
    head = (head + 1) & (ring.count - 1)
    ringCount -= 1
  }

  /// Doubles the ring; its size stays a power of two.
  private mutating func growIfFull() {
    guard ringCount == ring.count else { return }
    var larger = Slab<WaitingItem>(capacity: 2 * ring.count)
    for index in 0..<2 * ring.count {
      larger.append(index < ringCount ? ring[(head + index) & (ring.count - 1)] : Self.nothing)
    }
    ring = larger
    head = 0
  }
}
