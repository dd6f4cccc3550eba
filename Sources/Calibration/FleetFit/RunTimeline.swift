/// When each request of a run decoded, in the run's own time: from its start to its end, or as it
/// must have been where the log has latencies but no instants.
struct RunTimeline: Sendable {
  /// One request: sent, first token, last token.
  struct Span: Sendable {
    var sent: Double
    var first: Double
    var last: Double
    var request: LoggedRequest
  }

  /// Rows per decoding second up to which requests count as one after another.
  private static let almostAlone = 1.001

  let run: BenchmarkRun
  /// In order of their sending.
  let spans: [Span]
  /// Whether the log has instants; else they follow from the number in flight.
  let isLogged: Bool

  /// Longer than any benchmark, s: a log that says so is broken.
  private static let longest = 1e8

  /// Nil where the log has neither instants nor a number in flight. Throws where the run would
  /// last for years.
  init?(_ run: BenchmarkRun) throws {
    self.run = run
    if run.requests.allSatisfy({ $0.start != nil }) {
      isLogged = true
      spans = run.requests.map { Self.span($0, sent: $0.start ?? 0) }
        .sorted { $0.sent < $1.sent }
    } else if let concurrency = run.maxConcurrency, concurrency >= 1 {
      isLogged = false
      spans = Self.closedLoop(
        run.requests, slots: Int(min(concurrency, Double(run.requests.count))))
    } else {
      return nil
    }
    guard end - start < Self.longest else {
      throw run.place.error(
        "the requests take \(end - start) s", expected: "less than \(Int(Self.longest)) s")
    }
  }

  private static func span(_ request: LoggedRequest, sent: Double) -> Span {
    let first = sent + request.firstTokenSeconds
    return Span(sent: sent, first: first, last: first + request.decodeSeconds, request: request)
  }

  /// Each slot sends its next request when its last one ends; requests go out in the log's order.
  private static func closedLoop(_ requests: [LoggedRequest], slots: Int) -> [Span] {
    var free = [Double](repeating: 0, count: max(1, min(slots, requests.count)))
    var spans: [Span] = []
    for request in requests {
      let slot = free.indices.min { free[$0] < free[$1] } ?? 0
      let span = span(request, sent: free[slot])
      free[slot] = span.last
      spans.append(span)
    }
    return spans
  }

  var start: Double { spans.first?.sent ?? 0 }
  var end: Double { spans.map(\.last).max() ?? 0 }

  /// Sums over a stretch of time.
  struct Tally: Sendable {
    /// Of all rows together: seconds of decoding, tokens made, tokens attended to times seconds.
    var rowSeconds = 0.0
    var tokens = 0.0
    var contextSeconds = 0.0
    /// Requests whose first token came in it, and their tokens and latencies.
    var prompts = 0.0
    var promptTokens = 0.0
    var outputTokens = 0.0
    var firstTokenSeconds = 0.0
    /// Seconds in which any row decodes.
    var decodingSeconds = 0.0
  }

  func tally(from start: Double, to end: Double) -> Tally {
    var tally = Tally()
    var decoding: [(Double, Double)] = []
    for span in spans where span.sent < end && span.last > start {
      if span.first >= start, span.first < end { tally.count(span) }
      let (from, to) = (max(span.first, start), min(span.last, end))
      guard to > from, span.last > span.first else { continue }
      decoding.append((from, to))
      let rate = (span.request.outputTokens - 1) / (span.last - span.first)
      let middle = (from + to) / 2 - span.first
      tally.rowSeconds += to - from
      tally.tokens += rate * (to - from)
      tally.contextSeconds += (span.request.promptTokens + 1 + rate * middle) * (to - from)
    }
    tally.decodingSeconds = Self.covered(decoding)
    return tally
  }

  /// Length of the union of intervals.
  private static func covered(_ intervals: [(Double, Double)]) -> Double {
    var sum = 0.0
    var reached = -Double.infinity
    for (from, to) in intervals.sorted(by: { $0.0 < $1.0 }) where to > reached {
      sum += to - max(from, reached)
      reached = to
    }
    return sum
  }

  /// Instants at which the number of requests in flight changes, and the number from then on.
  var inFlight: [(time: Double, rows: Int)] {
    var changes = spans.map { ($0.sent, 1) } + spans.map { ($0.last, -1) }
    changes.sort { $0.0 < $1.0 }
    var rows = 0
    return changes.map { time, change in
      rows += change
      return (time, rows)
    }
  }
}

extension RunTimeline.Tally {
  fileprivate mutating func count(_ span: RunTimeline.Span) {
    prompts += 1
    promptTokens += span.request.promptTokens
    outputTokens += span.request.outputTokens
    firstTokenSeconds += span.request.firstTokenSeconds
  }
}

extension RunTimeline {
  /// The end of what is used of a run: after the last request is sent the batch only drains, and
  /// latencies that are means over requests no longer tell how it does. A run that is all drain,
  /// its requests sent at once, is used whole.
  private func steadyEnd(_ settings: FleetFitSettings) -> Double {
    let last = spans.last?.sent ?? start
    return last - start >= max(settings.leastWindow, (end - start) / 2) ? last : end
  }

  /// The run in windows of about equal length. A window without a prompt of its own takes the
  /// run's mean lengths.
  func windows(
    replica: ServedReplica, settings: FleetFitSettings
  ) -> [(window: ServingWindow, from: Double, to: Double)] {
    let length = steadyEnd(settings) - start
    guard length > 0 else { return [] }
    let count = max(1, Int(length / settings.window))
    let step = length / Double(count)
    let whole = tally(from: start, to: end)
    return (0..<count).compactMap { index in
      let from = start + Double(index) * step
      let tally = tally(from: from, to: from + step)
      guard tally.tokens >= settings.leastWindowTokens, tally.decodingSeconds > 0 else {
        return nil
      }
      return (
        window(tally, whole: whole, seconds: step, replica: replica), from, from + step
      )
    }
  }

  private func window(
    _ tally: Tally, whole: Tally, seconds: Double, replica: ServedReplica
  ) -> ServingWindow {
    let lengths = tally.prompts > 0 ? tally : whole
    let rows = tally.rowSeconds / tally.decodingSeconds
    let iterations = tally.tokens / rows
    return ServingWindow(
      place: run.place, run: run.place.description, replica: replica, seconds: seconds,
      decodeRows: rows,
      contextTokens: tally.contextSeconds / tally.rowSeconds,
      promptTokens: lengths.promptTokens / max(1, lengths.prompts),
      outputTokens: lengths.outputTokens / max(1, lengths.prompts),
      promptsPerIteration: tally.prompts / max(1, iterations),
      decodingShare: tally.decodingSeconds / seconds,
      interTokenSeconds: tally.rowSeconds / tally.tokens,
      firstTokenSeconds: tally.prompts > 0 ? tally.firstTokenSeconds / tally.prompts : nil,
      meetsIdleEngine: whole.rowSeconds <= whole.decodingSeconds * Self.almostAlone)
  }
}
