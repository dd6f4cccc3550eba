internal import DeviceModels
internal import NumericalMethods
internal import Scenarios

/// A number that a fit of a fleet found, or a mean that it took.
struct FittedNumber: Sendable {
  var section: String
  var name: String
  var value: Double
  var standardError: Double
  /// Rows that it was fitted on.
  var rowCount: Int
}

/// The numbers that some windows tell, and those that they leave as they were.
struct FleetFit: Sendable {
  var parameters: DeviceParameters
  private(set) var numbers: [FittedNumber] = []
  /// Parameters left as they were, with the reason.
  private(set) var kept: [(name: String, reason: String)] = []
  /// What a client sees of each request beyond the engine, s.
  private(set) var clientOverhead: FittedNumber?
  private(set) var engineFree: [FleetParameter] = []
  private(set) var powerFree: [FleetParameter] = []

  private let settings: FleetFitSettings
  /// Standard errors of the numbers that the fit starts from, by section and key.
  private let startErrors: [String: [String: Double]]

  init(start: DeviceFit, settings: FleetFitSettings) {
    parameters = start.parameters
    self.settings = settings
    startErrors = start.measured.mapValues { $0.compactMapValues(\.standardError) }
  }

  func number(_ name: String) -> FittedNumber? { numbers.first { $0.name == name } }

  /// Fits the kinds of kernel that tables tell, before all that is built of them.
  mutating func run(_ kernels: [KernelRow], gpu: GPUSheet) throws {
    for kind in KernelTableFit.Kind.allCases {
      guard let table = KernelTableFit(kind, kernels, gpu: gpu) else { continue }
      let fit = try table.run(from: parameters, settings: settings)
      parameters = fit.parameters
      for (index, parameter) in fit.free.enumerated() {
        numbers.append(
          FittedNumber(
            section: parameter.section, name: parameter.name, value: fit.values[index],
            standardError: fit.standardErrors[index], rowCount: table.rows.count))
      }
    }
  }

  /// Fits what the windows tell. `place` is what a refusal names.
  mutating func run(
    _ windows: [ServingWindow], idle: [IdlePower], freedom: FleetFreedom, place: String
  ) throws {
    try freedom.check()
    engineFree = try choose(
      FleetParameter.engine, Self.times(windows), windows, freedom, place)
    try fit(engineFree, of: FleetParameter.engine, Self.times(windows))
    takeOverhead(windows, freedom)
    try takeIdle(idle, windows, freedom)
    let powered = windows.filter { $0.wattsPerGPU != nil }
    guard !powered.isEmpty else {
      kept += FleetParameter.power.map { ($0.name, "no power was logged") }
      return
    }
    powerFree = try choose(FleetParameter.power, Self.powers(powered), powered, freedom, place)
    try fit(powerFree, of: FleetParameter.power, Self.powers(powered))
  }

  /// Fits the same numbers to other windows, for cross-validation; nil where these cannot tell.
  func refitted(_ windows: [ServingWindow]) throws -> FleetFit? {
    var fit = self
    let powered = windows.filter { $0.wattsPerGPU != nil }
    for (free, problem) in [
      (engineFree, Self.times(windows)), (powerFree, Self.powers(powered)),
    ] where !free.isEmpty {
      guard problem.measured.count > free.count,
        try Identifiability(problem, fit.parameters, free, settings: settings).isGood
      else { return nil }
      fit.parameters = try RobustFit(problem, from: fit.parameters, free: free, settings: settings)
        .parameters
    }
    return fit
  }

  // MARK: Time and power

  static func times(_ windows: [ServingWindow]) -> FitProblem {
    problem(windows, windows.map(\.interTokenSeconds)) { $0.interTokenSeconds }
  }

  static func powers(_ windows: [ServingWindow]) -> FitProblem {
    problem(windows, windows.map { $0.wattsPerGPU ?? 0 }) { $0.watts }
  }

  private static func problem(
    _ windows: [ServingWindow], _ measured: [Double],
    _ quantity: @escaping (WindowPrediction) -> Double
  ) -> FitProblem {
    let shapes = windows.map { WindowShapes($0) }
    return FitProblem(measured: measured, runs: windows.map(\.run)) { parameters in
      try zip(windows, shapes).map { window, shapes in
        quantity(
          WindowPrediction(window, shapes, on: try window.replica.replicaModel(parameters)))
      }
    }
  }

  /// The parameters that the rows can tell. One that has to be fitted and cannot be is refused;
  /// of the others each is taken where it leaves all of them known well enough.
  private mutating func choose(
    _ candidates: [FleetParameter], _ problem: FitProblem, _ windows: [ServingWindow],
    _ freedom: FleetFreedom, _ place: String
  ) throws -> [FleetParameter] {
    var free = candidates.filter(freedom.demands)
    kept += candidates.filter { freedom.held.contains($0.name) }.map { ($0.name, "as asked") }
    let demanded = try Identifiability(problem, parameters, free, settings: settings)
    guard free.isEmpty || demanded.isGood, windows.count > free.count else {
      throw demanded.refusal(windows, at: place)
    }
    for candidate in candidates
    where !freedom.held.contains(candidate.name) && !freedom.demands(candidate) {
      let more = free + [candidate]
      let found = try Identifiability(problem, parameters, more, settings: settings)
      guard windows.count > more.count, found.isGood else {
        kept.append((candidate.name, "these logs do not tell it; needed: \(candidate.missing)"))
        continue
      }
      let trial = try RobustFit(problem, from: parameters, free: more, settings: settings)
      if zip(trial.standardErrors, trial.values).allSatisfy({
        $0 <= settings.largestShareError * max($1, .leastNormalMagnitude)
      }) {
        free = more
      } else {
        kept.append(
          (candidate.name, "known too badly from these logs; needed: \(candidate.missing)"))
      }
    }
    return free
  }

  private mutating func fit(
    _ free: [FleetParameter], of candidates: [FleetParameter], _ problem: FitProblem
  ) throws {
    guard !free.isEmpty else { return }
    let fit = try RobustFit(problem, from: parameters, free: free, settings: settings)
    let errors = try withErrorsOfKept(fit, candidates, problem)
    parameters = fit.parameters
    for (index, parameter) in free.enumerated() {
      numbers.append(
        FittedNumber(
          section: parameter.section, name: parameter.name, value: fit.values[index],
          standardError: errors[index], rowCount: problem.measured.count))
    }
  }

  /// Standard errors that reckon with those of the numbers left as they were: where one of these
  /// is off, what is fitted makes up for it.
  private func withErrorsOfKept(
    _ fit: RobustFit, _ candidates: [FleetParameter], _ problem: FitProblem
  ) throws -> [Double] {
    var squares = fit.standardErrors.map { $0 * $0 }
    for kept in candidates where !fit.free.contains(where: { $0.name == kept.name }) {
      let error = errorOfKept(kept)
      guard error > 0 else { continue }
      var moved = fit.parameters
      moved[keyPath: kept.path] += error
      let other = try RobustFit(problem, from: moved, free: fit.free, settings: settings)
      for index in squares.indices {
        let change = other.values[index] - fit.values[index]
        squares[index] += change * change
      }
    }
    return squares.map { $0.squareRoot() }
  }

  /// What the start says of a number holds for the fleet that it was measured on; another one's
  /// differs by more.
  private func errorOfKept(_ kept: FleetParameter) -> Double {
    let own = startErrors[kept.section]?[kept.name] ?? 0
    return max(own, settings.keptShareError * parameters[keyPath: kept.path])
  }

  // MARK: Means

  /// The client's share of TTFT, where nothing but the prompt's own iteration comes before the
  /// first token.
  private mutating func takeOverhead(_ windows: [ServingWindow], _ freedom: FleetFreedom) {
    guard !freedom.held.contains("client_overhead") else { return }
    let alone = windows.compactMap { window -> (beyond: Double, engine: Double)? in
      guard window.meetsIdleEngine, let first = window.firstTokenSeconds,
        let model = try? window.replica.replicaModel(parameters)
      else { return nil }
      let engine = WindowPrediction(window, WindowShapes(window), on: model).aloneSeconds
      return (first - engine, engine)
    }
    guard alone.count > 1 else {
      kept.append(
        (
          "client_overhead",
          "needed: two windows of one request in flight with their time to first token"
        ))
      return
    }
    let count = Double(alone.count)
    let mean = alone.reduce(0) { $0 + $1.beyond } / count
    let squares = alone.reduce(0) { $0 + ($1.beyond - mean) * ($1.beyond - mean) }
    // The engine's own part is known no better than windows scatter, and is off in all alike.
    let engine = settings.assumedScatter * alone.reduce(0) { $0 + $1.engine } / count
    let error = (squares / (count - 1) / count + engine * engine).squareRoot()
    clientOverhead = FittedNumber(
      section: "fleet", name: "client_overhead", value: max(0, mean), standardError: error,
      rowCount: alone.count)
  }

  /// The median second of the time without requests. Refused where that time was not idle: load
  /// that no benchmark tells of lies in it.
  private mutating func takeIdle(
    _ idle: [IdlePower], _ windows: [ServingWindow], _ freedom: FleetFreedom
  ) throws {
    guard !freedom.held.contains("idle") else { return }
    let samples = idle.flatMap(\.samples).sorted()
    guard let place = idle.first?.place, !samples.isEmpty else {
      kept.append(
        ("idle", "needed: \(Int(settings.leastIdle)) s of power with no request in flight"))
      return
    }
    let median = samples[samples.count / 2]
    let low = samples[samples.count / 10]
    let high = samples[samples.count * 9 / 10]
    let busy = windows.compactMap(\.wattsPerGPU).min() ?? .infinity
    guard high - low <= settings.idleSpread * median, median < busy else {
      throw place.error(
        """
        power without requests goes from \(Int(low.rounded())) to \(Int(high.rounded())) W\
        \(median < busy ? "" : ", no less than while serving"): other load lies in it
        """,
        expected: "the benchmark of every load that the power log covers, or --keep idle")
    }
    let spread = samples.reduce(0) { $0 + abs($1 - median) } / Double(samples.count)
    // A kernel that uses nothing keeps its share of idle power.
    parameters.power.kernelFloorPower *= median / parameters.power.idlePower
    parameters.power.idlePower = median
    // One card's meter is trusted no better than logs scatter.
    let error = max(spread, settings.assumedScatter * median)
    numbers.append(
      FittedNumber(
        section: "power", name: "idle", value: median, standardError: error,
        rowCount: samples.count))
  }
}
