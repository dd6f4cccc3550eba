internal import Quantities

/// A trace in order of time: it either is, or is put in order as far as a bounded buffer reaches.
///
/// Entries of one time stay in the order of the file.
struct OrderedTrace: TraceReader {
  private struct Waiting: Comparable {
    var time: SimTime
    var number: Int
    var entry: TraceEntry

    static func < (a: Self, b: Self) -> Bool { (a.time, a.number) < (b.time, b.number) }
    static func == (a: Self, b: Self) -> Bool { a.number == b.number }
  }

  private var base: any TraceReader
  /// Entries that may wait for earlier ones; 0 where none may come out of order.
  private let capacity: Int
  private var waiting = BinaryHeap<Waiting>()
  private var readCount = 0
  private var reordered = 0
  private var latest = SimTime.zero
  private var lastOut: SimTime?

  init(_ base: any TraceReader, capacity: Int) {
    self.base = base
    self.capacity = capacity
  }

  var hasCalendarTimes: Bool { base.hasCalendarTimes }

  func count(into tally: inout TraceTally) {
    base.count(into: &tally)
    tally.reordered += reordered
  }

  mutating func read(into entry: inout TraceEntry) throws -> Bool {
    guard capacity > 0 else { return try readInOrder(into: &entry) }
    while waiting.count < capacity, let entry = try base.next() {
      let time = entry.time ?? latest
      if readCount > 0, time < latest { reordered += entry.rowCount }
      if let lastOut, time < lastOut {
        throw TraceError(
          line: entry.line, column: nil,
          problem: "the row comes more than \(capacity) \(capacity == 1 ? "row" : "rows") too late",
          expectation: "a larger sort_buffer, or a file in order of time")
      }
      latest = readCount == 0 ? time : max(latest, time)
      waiting.push(Waiting(time: time, number: readCount, entry: entry))
      readCount += 1
    }
    guard let first = waiting.pop() else { return false }
    lastOut = first.time
    entry = first.entry
    return true
  }

  private mutating func readInOrder(into entry: inout TraceEntry) throws -> Bool {
    guard try base.read(into: &entry) else { return false }
    guard let time = entry.time else { return true }
    if let lastOut, time < lastOut {
      throw TraceError(
        line: entry.line, column: nil, problem: "the row comes before the one above it",
        expectation: "rows in order of time, or the option out_of_order: sort")
    }
    lastOut = time
    return true
  }
}

/// A heap whose least element comes first.
struct BinaryHeap<Element: Comparable> {
  private var elements: [Element] = []

  var count: Int { elements.count }
  var least: Element? { elements.first }

  mutating func push(_ element: Element) {
    elements.append(element)
    var index = elements.count - 1
    while index > 0, elements[index] < elements[(index - 1) / 2] {
      elements.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func pop() -> Element? {
    guard let last = elements.popLast() else { return nil }
    return elements.isEmpty ? last : replaceLeast(with: last)
  }

  /// Takes the least element out and puts another in; there must be one.
  @discardableResult mutating func replaceLeast(with element: Element) -> Element {
    let least = elements[0]
    elements[0] = element
    var index = 0
    while true {
      var child = 2 * index + 1
      guard child < elements.count else { return least }
      if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
      guard elements[child] < elements[index] else { return least }
      elements.swapAt(index, child)
      index = child
    }
  }
}
