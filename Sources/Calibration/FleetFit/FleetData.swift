internal import DeviceModels
internal import Scenarios

/// What two clocks have to do with each other.
struct ClockAlignment: Sendable {
  var requests: String
  var power: String
  var offset: ClockOffset
}

/// All logs of a folder as windows of one kind, with power where it could be laid beside.
struct FleetData: Sendable {
  private(set) var windows: [ServingWindow] = []
  private(set) var idle: [IdlePower] = []
  private(set) var alignments: [ClockAlignment] = []
  /// What was left out of account, and why.
  private(set) var notes: [String] = []
  let sources: [LogFolder.Source]
  /// Rows of kernel tables, of whatever GPU is fitted.
  var kernels: [KernelRow] { logs.kernels }

  private let logs: LogFolder
  private let finder: ReplicaFinder
  private let settings: FleetFitSettings
  private let fits: FleetStart
  private let powerGPUs: [String]
  private var repeated = RepeatedMeans()
  /// Rows of a file that are told apart, by file and reason.
  private var caveats: [String: Int] = [:]

  init(
    _ logs: LogFolder, finder: ReplicaFinder, settings: FleetFitSettings, start: FleetStart,
    powerGPUs: [String] = [], skipsUnknown: Bool = false
  ) throws {
    self.logs = logs
    self.finder = finder
    self.settings = settings
    self.powerGPUs = powerGPUs
    fits = start
    sources = logs.sources
    notes = logs.ignored
    let files =
      logs.runs.map(\.place.file) + logs.metrics.map(\.place.file) + logs.power.map(\.place.file)
    for folder in Set(files.map { String(LogFolder.folder(of: $0)) }).sorted() {
      try take(folder, skipsUnknown: skipsUnknown)
    }
    notes += repeated.notes
    notes += caveats.sorted { $0.key < $1.key }.map {
      $0.key.replacing("\u{1}", with: "has \($0.value) rows apart, which no fit uses")
    }
    for warning in windows.flatMap(\.replica.warnings) where !notes.contains(warning) {
      notes.append(warning)
    }
  }

  /// Why there may be no window.
  var reason: String? { notes.first { $0.contains("left out") } ?? notes.first }

  private func isIn(_ folder: String, _ place: LogPlace) -> Bool {
    LogFolder.folder(of: place.file) == folder[...]
  }

  private mutating func take(_ folder: String, skipsUnknown: Bool) throws {
    let metrics = MetricWindows(logs.metrics.filter { isIn(folder, $0.place) })
    let power = try powerLog(folder, metrics)
    var aligned: [RunTimeline] = []
    // Records say more of a row than the table that repeats it.
    let runs = logs.runs.filter { isIn(folder, $0.place) }
    for run in runs.filter({ $0.summary?.loop != nil }) + runs.filter({ $0.summary?.loop == nil }) {
      var facts = run.facts
      facts.isNarrow = run.summary?.task.map(settings.narrowTasks.contains) ?? false
      let replica: ServedReplica
      do { replica = try finder.replica(facts, at: run.place) } catch let error as InputError {
        // What is wrong with the user's own options is not this log's affair.
        guard skipsUnknown, !error.isOfEngineArguments else { throw error }
        leaveOut(run.place, error)
        continue
      }
      if run.droppedRequests > 0 {
        notes.append("\(run.place): \(run.droppedRequests) requests without output left out")
      }
      if let summary = run.summary {
        try take(run, summary, replica, skipsUnknown: skipsUnknown)
      } else if let timeline = try RunTimeline(run) {
        aligned.append(timeline)
      } else {
        throw run.place.error(
          "the log says neither when requests were sent nor how many were in flight",
          expected: "start_times or max_concurrency")
      }
    }
    try take(aligned, power)
    try take(metrics, power)
  }

  /// Notes once for each file what its rows lack.
  private mutating func leaveOut(_ place: LogPlace, _ error: InputError) {
    let note =
      "\(place.file): rows left out: \(error.problem)"
      + (error.expectation.map { "; expected \($0)" } ?? "")
    if !notes.contains(note) { notes.append(note) }
  }

  /// A row of means; its prompts may have to be assumed.
  private mutating func take(
    _ run: BenchmarkRun, _ summary: ServingSummary, _ replica: ServedReplica, skipsUnknown: Bool
  ) throws {
    var summary = summary
    let task = summary.task ?? ""
    let prompt = finder.defaults.promptTokens ?? settings.promptTokens[task]
    summary.outputTokens = summary.outputTokens ?? settings.outputTokens[task]
    guard var window = ServingWindow(run, summary, replica: replica, assumedPrompt: prompt) else {
      let error = run.place.error("the row names no prompt length", expected: "--prompt-tokens N")
      guard skipsUnknown else { throw error }
      leaveOut(run.place, error)
      return
    }
    guard !repeated.holds(window) else { return }
    window.caveat = try PublishedCaveats(settings: settings).caveat(run, summary, window, fits)
    if let caveat = window.caveat { caveats["\(run.place.file) \u{1}: \(caveat)", default: 0] += 1 }
    try add(window)
  }

  private mutating func add(_ window: ServingWindow) throws {
    try window.check()
    windows.append(window)
  }

  // MARK: Power

  /// The folder's power log, of the GPUs asked for; one that counts comes before one that samples.
  private mutating func powerLog(_ folder: String, _ metrics: MetricWindows) throws -> PowerLog? {
    var all = logs.power.filter { isIn(folder, $0.place) }
    if let counted = try metrics.powerLog() { all.append(counted) }
    let counting = all.filter { $0.series.allSatisfy(\.isCounted) }
    if all.count > 1, counting.count == 1 {
      notes += all.filter { $0.place != counting[0].place }.map {
        "\($0.place): not used, an energy counter is there"
      }
      all = counting
    }
    guard all.count < 2 else {
      throw all[1].place.error(
        "the folder holds another power log, \(all[0].place)",
        expected: "one to a folder, beside the runs that it covers")
    }
    guard var log = all.first else { return nil }
    if log.skippedRows > 0 { notes.append("\(log.place): \(log.skippedRows) rows without power") }
    if !powerGPUs.isEmpty { try log.keep(powerGPUs) }
    return log
  }

  /// Throws where the log's GPUs cannot be those of the replicas.
  private func check(_ log: PowerLog, gpus: Int) throws {
    guard log.series.count != gpus else { return }
    let names = log.series.map { one in
      let watts = one.range.flatMap { one.watts(from: $0.lowerBound, to: $0.upperBound) }
      return "\(one.name) (\(watts.map { "\(Int($0.rounded()))" } ?? "?") W)"
    }
    throw log.place.error(
      "the log has \(log.series.count) GPUs, the replicas use \(gpus): "
        + names.joined(separator: ", "),
      expected: "--power-gpus with those that served, as 0,1")
  }

  // MARK: Runs with requests

  private mutating func take(_ timelines: [RunTimeline], _ power: PowerLog?) throws {
    let groups = Self.groups(timelines)
    var busy: [ClosedRange<Double>] = []
    for group in groups {
      let replica = try finder.replica(group[0].run.facts, at: group[0].run.place)
      var offset: Double?
      if let power {
        try check(power, gpus: replica.layout.gpuCount)
        let found = try align(group, power, replica)
        offset = found.seconds
        alignments.append(
          ClockAlignment(
            requests: group.map(\.run.place.description).joined(separator: ", "),
            power: power.place.description, offset: found))
        busy += group.map { $0.start + found.seconds...$0.end + found.seconds }
      }
      for timeline in group { try add(timeline, offset, power) }
    }
    if let power, !busy.isEmpty { addIdle(power, busy) }
  }

  private mutating func add(
    _ timeline: RunTimeline, _ offset: Double?, _ power: PowerLog?
  ) throws {
    let replica = try finder.replica(timeline.run.facts, at: timeline.run.place)
    for part in timeline.windows(replica: replica, settings: settings) {
      var window = part.window
      if let offset, let power, window.seconds >= settings.leastWindow {
        window.wattsPerGPU = power.wattsPerGPU(from: part.from + offset, to: part.to + offset)
      }
      try add(window)
    }
  }

  /// Runs whose instants lie on one clock are laid beside the power log together.
  private static func groups(_ timelines: [RunTimeline]) -> [[RunTimeline]] {
    var together: [String: [RunTimeline]] = [:]
    for timeline in timelines {
      let key =
        timeline.isLogged ? timeline.run.clock.rawValue : timeline.run.place.description
      together[key, default: []].append(timeline)
    }
    return together.sorted { $0.key < $1.key }.map(\.value)
  }

  private func align(
    _ group: [RunTimeline], _ power: PowerLog, _ replica: ServedReplica
  ) throws -> ClockOffset {
    let expected = try fits.expectedPower(group, replica)
    let match = ClockMatch(power: power, expected: expected, settings: settings)
    let (search, sure) = Self.search(group, power.clock, settings)
    do { return try match.offset(search) } catch let error as InputError {
      // Clocks of one name need no proof.
      guard let sure else { throw error }
      return ClockOffset(seconds: sure, uncertainty: nil, correlation: nil)
    }
  }

  /// Where to look for the offset, and what it is where power tells nothing.
  private static func search(
    _ group: [RunTimeline], _ power: LogClock, _ settings: FleetFitSettings
  ) -> (ClockMatch.Search, sure: Double?) {
    let zones = stride(from: -14 * 3600.0, through: 14 * 3600, by: settings.zone)
    let ends = group.compactMap { timeline in timeline.run.endLocal.map { $0 - timeline.end } }
    switch (group[0].run.clock, power) {
    case (.epoch, .epoch): return (.around([0]), 0)
    case (.epoch, .local): return (.around(Array(zones)), nil)
    case (.monotonic, .local) where ends.count == group.count:
      let middle = ends.reduce(0, +) / Double(ends.count)
      return (.around([middle]), nil)
    case (.monotonic, .epoch) where ends.count == group.count:
      let middle = ends.reduce(0, +) / Double(ends.count)
      return (.around(zones.map { middle + $0 }), nil)
    default: return (.everywhere, nil)
    }
  }

  /// Power before, between and after runs, less what a meter reports late.
  private mutating func addIdle(_ power: PowerLog, _ busy: [ClosedRange<Double>]) {
    guard let range = power.range else { return }
    var stretch = IdlePower(place: power.place)
    var start = range.lowerBound
    func count(until end: Double) {
      if end - start >= settings.leastIdle { stretch.add(power, from: start, to: end) }
    }
    for run in busy.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      count(until: run.lowerBound - settings.edge)
      start = max(start, run.upperBound + settings.edge)
    }
    count(until: range.upperBound)
    if stretch.seconds > 0 { idle.append(stretch) }
  }

  // MARK: Metrics

  /// Engines and GPUs on the clock of their Prometheus.
  private mutating func take(_ metrics: MetricWindows, _ power: PowerLog?) throws {
    let title = power?.series.first?.gpuTitle
    let parts = try metrics.windows(finder: finder, gpuTitle: title, settings: settings)
    guard !parts.isEmpty else { return }
    if let power, power.clock == .epoch {
      try check(power, gpus: parts[0].window.replica.layout.gpuCount * metrics.engineCount)
    }
    for part in parts {
      var window = part.window
      if let power, power.clock == .epoch {
        window.wattsPerGPU = power.wattsPerGPU(from: part.from, to: part.to)
      }
      window.memoryActive = metrics.mean(.memoryActive, from: part.from, to: part.to)
      window.tensorActive = metrics.mean(.tensorActive, from: part.from, to: part.to)
      try add(window)
    }
    guard let power, power.clock == .epoch else { return }
    for (from, to) in metrics.idleStretches where to - from >= settings.leastIdle + settings.edge {
      var stretch = IdlePower(place: power.place)
      stretch.add(power, from: from + settings.edge, to: to)
      if stretch.seconds > 0 { idle.append(stretch) }
    }
  }
}

extension PowerLog {
  /// Keeps the GPUs of these names. Throws for one that is not there.
  fileprivate mutating func keep(_ names: [String]) throws {
    let known = series.map(\.name)
    for name in names where !known.contains(name) {
      throw place.error(
        "the log has no GPU \"\(name)\"", expected: known.joined(separator: ", "))
    }
    series = series.filter { names.contains($0.name) }
  }
}
