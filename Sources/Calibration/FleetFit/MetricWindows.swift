internal import Scenarios

/// Windows of an engine that only its own counters and histograms tell of, and the power of GPUs
/// that DCGM counts beside it.
struct MetricWindows {
  /// Labels that tell one engine from another; the rest (le, finished_reason …) is summed over.
  private static let engineLabels = [
    "instance", "pod", "engine", "engine_id", "engine_type", "dp_rank", "model_name",
  ]
  private static let gpuLabels = ["Hostname", "UUID", "gpu"]
  /// Requests of a window from which on it has mean lengths of its own.
  private static let enoughRequests = 20.0
  /// Most over least of a stretch whose load counts as even.
  private static let steadyRatio = 1.5
  /// Of one row alone, the share of time in which it may not decode: its prompt is computed.
  private static let idleShare = 0.2
  /// Neighbors that share their luck: about a minute.
  private static let windowsPerRun = 6

  let place: LogPlace
  private let series: [MetricSeries]

  /// The metrics of one folder, of one or several files.
  init(_ logs: [MetricLog]) {
    place = logs.first?.place ?? LogPlace(file: "metrics")
    series = logs.flatMap(\.series)
  }

  private static func key(_ labels: [String: String], _ names: [String]) -> String {
    names.compactMap { labels[$0] }.joined(separator: " ")
  }

  // MARK: Power

  /// The GPUs' energy: the counter where there is one, else the samples of power.
  func powerLog() throws -> PowerLog? {
    let counters = series.filter { $0.kind == .millijoules }
    let used = counters.isEmpty ? series.filter { $0.kind == .watts } : counters
    guard !used.isEmpty else { return nil }
    var gpus: [PowerSeries] = []
    for one in used.sorted(by: { $0.gpuKey(Self.gpuLabels) < $1.gpuKey(Self.gpuLabels) }) {
      var power = PowerSeries(
        name: one.gpuKey(Self.gpuLabels), gpuTitle: one.labels["modelName"], clock: .epoch)
      for (time, value) in zip(one.times, one.values) where value >= 0 {
        _ =
          one.kind == .millijoules
          ? power.append(counted: value * 1e-3, at: time) : power.append(watts: value, at: time)
      }
      gpus.append(power)
    }
    return try PowerLog(place: place, series: gpus)
  }

  /// The mean of a gauge over GPUs and instants in a stretch of time.
  func mean(_ kind: MetricKind, from start: Double, to end: Double) -> Double? {
    var (sum, count) = (0.0, 0.0)
    for one in series where one.kind == kind {
      for (time, value) in zip(one.times, one.values) where time > start && time <= end {
        sum += value
        count += 1
      }
    }
    return count > 0 ? sum / count : nil
  }

  // MARK: Engines

  /// One engine's series by kind.
  private struct Engine {
    var modelName: String?
    var series: [MetricKind: [MetricSeries]] = [:]

    /// Of the names of a kind the one that is preferred.
    func chosen(_ kind: MetricKind) -> [MetricSeries] {
      let own = series[kind] ?? []
      guard let name = kind.names.first(where: { name in own.contains { $0.name == name } }) else {
        return []
      }
      return own.filter { $0.name == name }
    }

    /// Growth of a counter between two instants; nil where it is missing or was reset.
    func growth(_ kind: MetricKind, _ start: Double, _ end: Double) -> Double? {
      let own = chosen(kind)
      guard !own.isEmpty else { return nil }
      var sum = 0.0
      for one in own {
        guard let after = one.value(at: end), let before = one.value(at: start), after >= before
        else { return nil }
        sum += after - before
      }
      return sum
    }

    var frames: [Double] {
      (chosen(.generationTokens).first ?? chosen(.interTokenCount).first)?.times ?? []
    }
  }

  private var engines: [Engine] {
    var engines: [String: Engine] = [:]
    for one in series where !one.kind.isOfGPU {
      let key = Self.key(one.labels, Self.engineLabels)
      var engine = engines[key] ?? Engine()
      engine.modelName = engine.modelName ?? one.labels["model_name"]
      engine.series[one.kind, default: []].append(one)
      engines[key] = engine
    }
    return engines.sorted { $0.key < $1.key }.map(\.value)
  }

  var engineCount: Int { engines.count }

  /// Every stretch of the metrics that has enough tokens, by engine.
  func windows(
    finder: ReplicaFinder, gpuTitle: String?, settings: FleetFitSettings
  ) throws -> [(window: ServingWindow, from: Double, to: Double)] {
    try engines.flatMap { engine in
      guard engine.frames.count > 1 else { return [(ServingWindow, Double, Double)]() }
      let replica = try finder.replica(
        RunFacts(model: engine.modelName, gpu: gpuTitle), at: place)
      let stretches = Self.stretches(engine.frames, settings.window)
      return stretches.enumerated().compactMap { index, stretch in
        let (from, to) = stretch
        let run = "\(place) part \(index / Self.windowsPerRun + 1)"
        return window(engine, run, from, to, replica, settings).map { ($0, from, to) }
      }
    }
  }

  /// Frames joined until each stretch is long enough.
  private static func stretches(_ frames: [Double], _ length: Double) -> [(Double, Double)] {
    var result: [(Double, Double)] = []
    var start = frames[0]
    for frame in frames where frame - start >= length {
      result.append((start, frame))
      start = frame
    }
    return result
  }

  /// From scrape to scrape: stretches in which no engine has made a token or runs a request.
  var idleStretches: [(Double, Double)] {
    let engines = engines
    guard let frames = engines.first?.frames, frames.count > 1 else { return [] }
    var result: [(Double, Double)] = []
    for (from, to) in zip(frames, frames.dropFirst()) {
      let isIdle = engines.allSatisfy { engine in
        let running = [from, to].map { engine.chosen(.running).first?.value(at: $0) ?? 0 }
        return engine.growth(.generationTokens, from, to) == 0 && running == [0, 0]
      }
      guard isIdle else { continue }
      if let last = result.last, last.1 == from {
        result[result.count - 1].1 = to
      } else {
        result.append((from, to))
      }
    }
    return result
  }

  /// Whether about as many requests run at all scrapes of a stretch: a mean over a change of load
  /// is the mean of nothing.
  private static func isSteady(_ engine: Engine, _ from: Double, _ to: Double) -> Bool {
    let frames = engine.frames.filter { $0 >= from && $0 <= to }
    let rows = zip(frames, frames.dropFirst()).compactMap { decoding(engine, $0, $1)?.rows }
    let running = engine.chosen(.running).first.map { gauge in
      frames.compactMap { gauge.value(at: $0) }
    }
    for values in [rows, running ?? []] {
      guard let least = values.min(), let most = values.max() else { continue }
      guard most <= steadyRatio * max(least, steadyRatio - 1) else { return false }
    }
    return rows.count == frames.count - 1
  }

  private func window(
    _ engine: Engine, _ run: String, _ from: Double, _ to: Double, _ replica: ServedReplica,
    _ settings: FleetFitSettings
  ) -> ServingWindow? {
    guard Self.isSteady(engine, from, to), let (rows, gap) = Self.decoding(engine, from, to),
      rows * (to - from) / gap >= settings.leastWindowTokens, rows >= 1 - Self.idleShare,
      let lengths = lengths(engine, from, to)
    else { return nil }
    let usage = engine.chosen(.cacheUsage).first?.mean(from, to)
    let held = usage.flatMap { usage in replica.cacheTokens.map { $0 * usage / rows } }
    let iterations = (to - from) * min(1, rows) / gap
    let prompts = engine.growth(.firstTokenCount, from, to) ?? iterations * rows / lengths.output
    let first = engine.growth(.firstTokenSum, from, to)
    return ServingWindow(
      place: place, run: run, replica: replica, seconds: to - from, decodeRows: max(1, rows),
      contextTokens: held ?? (lengths.prompt + lengths.output / 2),
      promptTokens: lengths.prompt, outputTokens: lengths.output,
      promptsPerIteration: prompts / iterations, decodingShare: min(1, rows),
      interTokenSeconds: gap,
      firstTokenSeconds: prompts > 0 ? first.map { $0 / prompts } : nil)
  }

  /// Rows and time between tokens: from the histogram of gaps, whose sum is the time that all
  /// rows together decode; without one, from the gauge of running requests by Little's law.
  private static func decoding(
    _ engine: Engine, _ from: Double, _ to: Double
  ) -> (rows: Double, gap: Double)? {
    if let sum = engine.growth(.interTokenSum, from, to),
      let count = engine.growth(.interTokenCount, from, to), count > 0, sum > 0
    {
      return (sum / (to - from), sum / count)
    }
    guard let running = engine.chosen(.running).first?.mean(from, to), running > 0,
      let tokens = engine.growth(.generationTokens, from, to), tokens > 0
    else { return nil }
    return (running, running * (to - from) / tokens)
  }

  /// Mean prompt and output: of the window where it has many requests, else of the whole log.
  private func lengths(
    _ engine: Engine, _ from: Double, _ to: Double
  ) -> (prompt: Double, output: Double)? {
    func mean(_ start: Double, _ end: Double, least: Double) -> (Double, Double)? {
      func ratio(_ sum: MetricKind, _ count: MetricKind) -> Double? {
        guard let count = engine.growth(count, start, end), count >= least,
          let sum = engine.growth(sum, start, end), sum > 0
        else { return nil }
        return sum / count
      }
      let starts: MetricKind =
        engine.chosen(.firstTokenCount).isEmpty ? .requests : .firstTokenCount
      let prompt =
        ratio(.requestPromptSum, .requestPromptCount) ?? ratio(.promptTokens, starts)
      let output =
        ratio(.requestOutputSum, .requestOutputCount) ?? ratio(.generationTokens, starts)
      guard let prompt, let output else { return nil }
      return (prompt, output)
    }
    return mean(from, to, least: Self.enoughRequests)
      ?? mean(engine.frames[0], engine.frames[engine.frames.count - 1], least: 1)
  }
}

extension MetricSeries {
  /// The last value at or before an instant.
  fileprivate func value(at time: Double) -> Double? {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? values[low - 1] : nil
  }

  /// The mean of a gauge's values in a stretch of time, both ends included.
  fileprivate func mean(_ start: Double, _ end: Double) -> Double? {
    let inside = zip(times, values).filter { $0.0 >= start && $0.0 <= end }.map(\.1)
    return inside.isEmpty ? nil : inside.reduce(0, +) / Double(inside.count)
  }

  fileprivate func gpuKey(_ names: [String]) -> String {
    names.compactMap { labels[$0] }.joined(separator: " ")
  }
}
