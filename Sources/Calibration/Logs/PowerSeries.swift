internal import Scenarios

/// The energy of one GPU over time, from samples of its power or from its energy counter.
///
/// Both are kept as a running sum of joules at the instants of the log. A sample of power counts
/// for the time since the sample before, as meters report the past.
struct PowerSeries: Sendable {
  /// Which GPU: its index, UUID or address, as the log names it.
  var name: String
  /// As the log names its kind; nil where it does not.
  var gpuTitle: String?
  var clock: LogClock
  private(set) var times: [Double] = []
  private(set) var joules: [Double] = []
  /// Ends of the intervals of which nothing is known: missing samples, a counter that was reset.
  private var isHole: [Bool] = []
  /// Whether a counter was read, which holds what happened between two readings.
  private(set) var isCounted = false
  private var lastCount: Double?

  init(name: String, gpuTitle: String?, clock: LogClock) {
    self.name = name
    self.gpuTitle = gpuTitle
    self.clock = clock
  }

  /// Appends a sample of power, W. False where time does not advance.
  mutating func append(watts: Double, at time: Double) -> Bool {
    guard let last = times.last else { return start(at: time) }
    guard time > last else { return false }
    push(time, joules: watts * (time - last), isHole: false)
    return true
  }

  /// Appends a reading of a counter, J. False where time does not advance.
  mutating func append(counted joules: Double, at time: Double) -> Bool {
    defer { lastCount = joules }
    isCounted = true
    guard let last = times.last, let before = lastCount else { return start(at: time) }
    guard time > last else { return false }
    let isReset = joules < before
    push(time, joules: isReset ? 0 : joules - before, isHole: isReset)
    return true
  }

  private mutating func start(at time: Double) -> Bool {
    times.append(time)
    joules.append(0)
    isHole.append(false)
    return true
  }

  private mutating func push(_ time: Double, joules more: Double, isHole hole: Bool) {
    times.append(time)
    joules.append(joules[joules.count - 1] + more)
    isHole.append(hole)
  }

  /// Marks intervals of more than `limit` seconds as unknown; a counter knows them.
  mutating func markHoles(longerThan limit: Double) {
    guard !isCounted else { return }
    for i in times.indices.dropFirst() where times[i] - times[i - 1] > limit { isHole[i] = true }
  }

  var range: ClosedRange<Double>? {
    guard let first = times.first, let last = times.last, first < last else { return nil }
    return first...last
  }

  /// Median distance between instants, s.
  var spacing: Double {
    var gaps = zip(times.dropFirst(), times).map { $0 - $1 }
    return BenchmarkJSONReader.median(&gaps) ?? 0
  }

  /// Mean power between two instants, W; nil where the log does not cover all of it.
  func watts(from start: Double, to end: Double) -> Double? {
    guard let range, start >= range.lowerBound, end <= range.upperBound, end > start else {
      return nil
    }
    let (first, last) = (index(before: start), index(before: end))
    // The interval that begins at the very end is not touched.
    let ending = times[last] < end ? min(last + 1, times.count - 1) : last
    let touched = (first + 1)...max(first + 1, ending)
    guard !touched.contains(where: { isHole[$0] }) else { return nil }
    return (sum(at: end, last) - sum(at: start, first)) / (end - start)
  }

  private func sum(at time: Double, _ index: Int) -> Double {
    guard index + 1 < times.count else { return joules[joules.count - 1] }
    let share = (time - times[index]) / (times[index + 1] - times[index])
    return joules[index] + share * (joules[index + 1] - joules[index])
  }

  /// The last instant at or before `time`, which lies in the range.
  private func index(before time: Double) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }
}

/// The GPUs of one power log.
struct PowerLog: Sendable {
  var place: LogPlace
  var series: [PowerSeries]
  /// Rows without a power (`[N/A]`).
  var skippedRows = 0

  /// Samples further apart than ten times the usual distance are holes, and at least this, s.
  private static let leastHole = 5.0
  private static let holeSpacings = 10.0

  /// Throws where no GPU has two instants.
  init(place: LogPlace, series: [PowerSeries], skippedRows: Int = 0) throws {
    self.place = place
    self.skippedRows = skippedRows
    self.series = series.filter { $0.range != nil }
    guard !self.series.isEmpty else {
      throw place.error("no GPU has two samples of power", expected: "a log of some seconds")
    }
    for i in self.series.indices {
      self.series[i].markHoles(
        longerThan: max(Self.leastHole, Self.holeSpacings * self.series[i].spacing))
    }
  }

  var clock: LogClock { series[0].clock }

  /// The stretch that every GPU covers.
  var range: ClosedRange<Double>? {
    let starts = series.compactMap { $0.range?.lowerBound }
    let ends = series.compactMap { $0.range?.upperBound }
    guard let start = starts.max(), let end = ends.min(), start < end else { return nil }
    return start...end
  }

  /// Mean power of one GPU, over all of the log's, W.
  func wattsPerGPU(from start: Double, to end: Double) -> Double? {
    var sum = 0.0
    for one in series {
      guard let watts = one.watts(from: start, to: end) else { return nil }
      sum += watts
    }
    return sum / Double(series.count)
  }
}
