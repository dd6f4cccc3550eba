internal import HeapModule
internal import Quantities
internal import Workloads

/// A request that is going to be given up, unless it ends before.
struct GivingUp: Comparable {
  var time: SimTime
  var id: UInt64
  var request: RequestReference
  var outcome: RequestOutcome

  static func < (a: Self, b: Self) -> Bool { a.time == b.time ? a.id < b.id : a.time < b.time }
  static func == (a: Self, b: Self) -> Bool { a.time == b.time && a.id == b.id }

  /// The earlier of a query's timeout and its asker's patience; nil if it has neither.
  init?(_ query: Query, _ request: RequestReference) {
    guard query.hasContext else { return nil }
    let timeout = query.context.timeout
    let patience = query.context.patience
    guard timeout != nil || patience != nil else { return nil }
    // What does not end before time itself does never comes.
    let longest = SimTime.never - query.arrival
    let first = min(timeout ?? longest, patience ?? longest)
    guard first < longest else { return nil }
    time = query.arrival + first
    id = query.id
    self.request = request
    outcome = first == timeout ? .timedOut : .cancelled
  }
}

/// When requests in flight are going to be given up, in order of time, then of number.
///
/// A request that ends before its time stays until that time, or until more than half of what is
/// stored has ended.
struct Deadlines: ~Copyable {
  private var heap = Heap<GivingUp>()

  /// Requests that have ended among them.
  var storedCount: Int { heap.count }

  mutating func insert(_ event: GivingUp, _ requests: borrowing RequestTable) {
    heap.insert(event)
    if heap.count > 2 * requests.count + 16 { dropEnded(requests) }
  }

  var isEmpty: Bool { heap.isEmpty }

  /// When the next request is given up, `.never` where none will be. Callers ask first whether
  /// there is any: to be handed the table copies its head.
  mutating func nextTime(_ requests: borrowing RequestTable) -> SimTime {
    while let event = heap.min {
      if requests.isAlive(event.request) { return event.time }
      heap.removeMin()
    }
    return .never
  }

  mutating func popFirst() -> GivingUp? { heap.popMin() }

  @inline(never) private mutating func dropEnded(_ requests: borrowing RequestTable) {
    var alive: [GivingUp] = []
    for event in heap.unordered where requests.isAlive(event.request) { alive.append(event) }
    heap = Heap(alive)
  }
}
