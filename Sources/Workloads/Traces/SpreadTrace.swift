internal import NumericalMethods
internal import Quantities

/// A trace whose rows are spread over the ticks of its clock.
///
/// The rows of one tick get times uniform within it, to the nanosecond, drawn by (seed, row) and
/// dealt in the order of the file.
struct SpreadTrace: TraceReader {
  /// Rows by which the tick is found, and most rows in one tick.
  private static let detectionRows = 1_000
  private static let mostRowsInTick = 1 << 20

  private var base: any TraceReader
  private var tick: SimDuration?
  private let stream: RandomStream
  /// Read but not handed out, in order; those before `position` are done with.
  private var buffer: [TraceEntry] = []
  private var position = 0
  private var ready = 0
  private var readCount: UInt64 = 0
  private var isDry = false
  private var rows = 0

  init(_ base: any TraceReader, _ spread: TraceRules.Spread, seed: UInt64) {
    self.base = base
    if case .tick(let tick) = spread { self.tick = tick }
    stream = RandomStream(seed: seed, purpose: "spread within a clock tick")
  }

  var hasCalendarTimes: Bool { base.hasCalendarTimes }

  func count(into tally: inout TraceTally) {
    base.count(into: &tally)
    tally.spread += rows
    tally.tick = tick
  }

  mutating func read(into entry: inout TraceEntry) throws -> Bool {
    let tick = try tick ?? detect()
    self.tick = tick
    if position == ready { try spreadNextTick(tick) }
    guard position < ready else { return false }
    entry = buffer[position]
    position += 1
    return true
  }

  private mutating func detect() throws -> SimDuration {
    var clock = ClockTick()
    while buffer.count < Self.detectionRows, try readOne() {
      if let time = buffer[buffer.count - 1].time { clock.record(time) }
    }
    guard let tick = clock.tick else {
      throw TraceError(
        line: 1, column: nil,
        problem: "the first \(buffer.count) rows show no clock tick of 0.1 s or more to spread "
          + "rows over",
        expectation: "spread with the length of a tick, as spread: 3 s, or no spread")
    }
    return tick
  }

  private mutating func readOne() throws -> Bool {
    guard !isDry, let entry = try base.next() else {
      isDry = true
      return false
    }
    buffer.append(entry)
    return true
  }

  private mutating func spreadNextTick(_ tick: SimDuration) throws {
    buffer.removeFirst(position)
    (position, ready) = (0, 0)
    if buffer.isEmpty, try !readOne() { return }
    guard let time = buffer[0].time else {
      ready = 1
      return
    }
    let index = ClockTick.index(of: time, in: tick)
    var end = 1
    while true {
      if end == buffer.count, try !readOne() { break }
      guard let next = buffer[end].time, ClockTick.index(of: next, in: tick) == index else { break }
      end += 1
      guard end < Self.mostRowsInTick else {
        throw TraceError(
          line: buffer[end - 1].line, column: nil,
          problem: "more than \(Self.mostRowsInTick) rows fall into one tick",
          expectation: "a shorter tick")
      }
    }
    deal(end, SimTime(ticks: index * tick.ticks), tick)
  }

  private mutating func deal(_ count: Int, _ start: SimTime, _ tick: SimDuration) {
    let shares = (0..<count).map { stream.uniform(id: readCount + UInt64($0)) }.sorted()
    for (index, share) in shares.enumerated() {
      let offset = SimDuration(rounding: share * tick.seconds).nanoseconds
      buffer[index].time = start + SimDuration(nanoseconds: offset)
    }
    readCount += UInt64(count)
    rows += count
    ready = count
  }
}
