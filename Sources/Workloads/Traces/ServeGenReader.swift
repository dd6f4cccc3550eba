internal import NumericalMethods
public import Quantities

/// Requests drawn from recorded clients (ServeGen, arXiv 2505.09999): each with its own arrival
/// process and lengths, which change from window to window.
///
/// Not a trace but a generator, seeded: what a client's n-th request holds is a function of the
/// seed, the client and n. Memory holds the clients' windows and histograms, whatever is drawn.
public struct ServeGenReader: TraceReader {
  private struct Arrival: Comparable {
    var time: SimTime
    var client: Int
    var key: UInt64

    static func < (a: Self, b: Self) -> Bool { (a.time, a.client) < (b.time, b.client) }
  }

  private var clients: [(arrivals: ServeGenArrivals, lengths: ServeGenLengths)] = []
  private var upcoming = BinaryHeap<Arrival>()
  private let lengthStream: RandomStream
  private var drawnCount = 0
  private let clientsWithoutLengths: Int
  private let silentWindows: Int

  /// Reads the clients. Their processes start at the window that holds `from`; `rateScale` is a
  /// factor on every rate, which leaves the variation of gaps as it is.
  public init(
    _ files: [ServeGenFiles], rateScale: Double = 1, from: SimDuration = .zero, seed: UInt64
  ) throws {
    let gapStream = RandomStream(seed: seed, purpose: "client gap")
    lengthStream = RandomStream(seed: seed, purpose: "client tokens")
    var windowsByClient: [[ServeGenWindow]] = []
    for (number, file) in files.enumerated() {
      let windows = try ServeGenFileReader.windows(file.arrivals)
      windowsByClient.append(windows)
      guard let lengths = try file.lengths.map(ServeGenFileReader.lengths), lengths.isComplete
      else { continue }
      let scaled = windows.map {
        ServeGenWindow(start: $0.start, rate: $0.rate * rateScale, gaps: $0.gaps)
      }
      let arrivals = ServeGenArrivals(
        scaled, windowSeconds: Self.width(windows), from: from.seconds, client: UInt64(number),
        stream: gapStream)
      clients.append((arrivals, lengths))
    }
    clientsWithoutLengths = files.count - clients.count
    silentWindows = Self.silentWindows(windowsByClient)
    for client in clients.indices {
      if let arrival = arrival(of: client) { upcoming.push(arrival) }
    }
    guard !clients.isEmpty else {
      throw TraceError(
        line: 1, column: nil, problem: "none of the \(files.count) clients has lengths",
        expectation: "chunk-N-dataset.json beside chunk-N-trace.csv")
    }
  }

  public func count(into tally: inout TraceTally) {
    tally.clientsWithoutLengths += clientsWithoutLengths
    tally.silentWindows += silentWindows
  }

  public mutating func read(into entry: inout TraceEntry) throws -> Bool {
    guard let next = upcoming.least else { return false }
    if let following = arrival(of: next.client) {
      upcoming.replaceLeast(with: following)
    } else {
      _ = upcoming.pop()
    }
    drawnCount += 1
    let (prompt, output) = clients[next.client].lengths.draw(
      at: next.time.seconds, lengthStream, key: next.key)
    entry.line = drawnCount
    entry.time = next.time
    entry.head = TraceRow(promptTokens: prompt, outputTokens: output)
    return true
  }

  private mutating func arrival(of client: Int) -> Arrival? {
    guard let (seconds, key) = clients[client].arrivals.next() else { return nil }
    let time = SimTime(nanoseconds: SimTime(rounding: seconds).nanoseconds)
    return Arrival(time: time, client: client, key: key)
  }

  /// The step between windows; a lone window counts as one of ServeGen's.
  private static func width(_ windows: [ServeGenWindow]) -> Double {
    windows.count > 1 ? windows[1].start - windows[0].start : 600
  }

  /// Windows in which no client asks, lengths or not: gaps in the collection.
  private static func silentWindows(_ clients: [[ServeGenWindow]]) -> Int {
    let starts = Set(clients.flatMap { $0.map(\.start) })
    let busy = Set(clients.flatMap { $0.filter { $0.rate > 0 }.map(\.start) })
    return starts.count - busy.count
  }
}
