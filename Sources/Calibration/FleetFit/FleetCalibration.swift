internal import DeviceModels
public import Foundation
public import Scenarios

/// What a fit or check of a fleet's logs is told beside them.
public struct FleetFitOptions: Sendable {
  public var defaults: FleetDefaults
  public var freedom: FleetFreedom
  /// GPUs of the power logs that served; empty for all.
  public var powerGPUs: [String]
  /// A fit file in place of the shipped numbers of its GPU.
  public var fitPath: String?

  public init(
    defaults: FleetDefaults = FleetDefaults(), freedom: FleetFreedom = FleetFreedom(),
    powerGPUs: [String] = [], fitPath: String? = nil
  ) {
    self.defaults = defaults
    self.freedom = freedom
    self.powerGPUs = powerGPUs
    self.fitPath = fitPath
  }
}

/// Fits and checks of a fleet's own logs.
public enum FleetCalibration {
  /// Fits the GPU that the logs below `dataFolder` were taken on.
  ///
  /// Deterministic. Throws an `InputError` for a log that is broken, for clocks that cannot be laid
  /// beside each other, and for logs that cannot tell a parameter, with the measurement that would.
  public static func fit(
    dataFolder: URL, catalog: Catalog, options: FleetFitOptions
  ) throws -> FleetFitReport {
    try options.freedom.check()
    let setting = try FleetSetting(catalog: catalog, options: options)
    try refusePublications(dataFolder)
    let data = try setting.data(dataFolder, skipsUnknown: false)
    let gpu = try setting.gpu(of: data, at: dataFolder.relativePath)
    let windows = data.windows.filter { $0.replica.gpu.name == gpu.name && $0.caveat == nil }
    let back = KeptBackRuns(windows, setting.settings)
    let used = windows.filter { !back.runs.contains($0.run) }
    guard !windows.isEmpty || !data.kernels.isEmpty else {
      throw InputError(
        file: dataFolder.relativePath,
        problem: "nothing is left to fit to: \(data.reason ?? "no row was taken")",
        expectation: "kernel tables, or runs of models that the fits do not leave out")
    }
    let start = try setting.startingFit(gpu.name)
    var fit = FleetFit(start: start, settings: setting.settings)
    try fit.run(data.kernels, gpu: gpu)
    if !windows.isEmpty {
      try fit.run(
        used, idle: data.idle, freedom: options.freedom, place: dataFolder.relativePath)
      try FleetPlausibility(
        gpu: gpu, fit: fit, settings: setting.settings, place: dataFolder.relativePath
      ).check(used)
    }
    return try FleetFitReport(
      gpu: gpu, start: start, fit: fit, used: used,
      keptBack: windows.filter { back.runs.contains($0.run) }, data: data)
  }

  /// Predicts what the logs below `dataFolder` measured: all rows, but those that the fit file
  /// was made from.
  public static func check(
    dataFolder: URL, catalog: Catalog, options: FleetFitOptions
  ) throws -> FleetCheck {
    let setting = try FleetSetting(catalog: catalog, options: options)
    let data = try setting.data(dataFolder, skipsUnknown: true)
    let record = setting.start.own?.fleet
    let digests = Dictionary(data.sources.map { ($0.path, $0.sha256) }) { first, _ in first }
    let seen = Set(record?.files.map(\.sha256) ?? [])
    let unseen = data.windows.filter { window in
      let isNew = digests[window.place.file].map { !seen.contains($0) } ?? true
      return isNew || record?.keptBack.contains(window.run) == true
    }
    guard !unseen.isEmpty else {
      let all = data.windows.isEmpty ? "no row of use" : "no row that the fit did not use"
      throw InputError(
        file: dataFolder.relativePath, problem: "the logs hold \(all)",
        expectation: data.windows.isEmpty
          ? data.reason ?? "logs as docs/calibrate-your-fleet.md lists them"
          : "runs kept back by the fit (it does so with "
            + "\(setting.settings.leastRunsToKeepBack) or more), or logs of other runs")
    }
    return try FleetCheck(
      unseen, setting: setting, data: data, usedCount: data.windows.count - unseen.count)
  }

  private static func refusePublications(_ folder: URL) throws {
    let tables = folder.appending(path: "energy/aiconfigurator-kernels")
    guard FileManager.default.fileExists(atPath: tables.path) else { return }
    throw InputError(
      file: folder.relativePath, problem: "the folder holds publications, no logs of a fleet",
      expectation: "joulefleet calibrate publications --data \(folder.relativePath) --output FOLDER"
    )
  }
}

/// Catalog, settings and starting numbers of one fit or check.
struct FleetSetting {
  let catalog: Catalog
  let options: FleetFitOptions
  let settings: FleetFitSettings
  let start: FleetStart

  init(catalog: Catalog, options: FleetFitOptions) throws {
    self.catalog = catalog
    settings = try FleetFitSettings(calibrationFolder: catalog.folder)
    let own = try options.fitPath.map { try catalog.devices.fit(path: $0) }
    start = FleetStart(devices: catalog.devices, own: own)
    // A fit file says what its logs are of.
    var options = options
    options.defaults.gpu = options.defaults.gpu ?? own?.gpu
    self.options = options
  }

  func data(_ folder: URL, skipsUnknown: Bool) throws -> FleetData {
    try FleetData(
      LogFolder(folder), finder: ReplicaFinder(catalog: catalog, defaults: options.defaults),
      settings: settings, start: start, powerGPUs: options.powerGPUs, skipsUnknown: skipsUnknown)
  }

  /// The one GPU that a fit is of.
  func gpu(of data: FleetData, at place: String) throws -> GPUSheet {
    let names = Set(data.windows.map(\.replica.gpu.name)).sorted()
    if names.isEmpty, !data.kernels.isEmpty {
      guard let name = options.defaults.gpu else {
        throw data.kernels[0].place.error("kernel tables name no GPU", expected: "--gpu NAME")
      }
      return try catalog.devices.gpu(named: name)
    }
    if let name = options.defaults.gpu, names.contains(name) || names.isEmpty {
      guard names.contains(name) else { throw Self.nothing(data, at: place) }
      return try catalog.devices.gpu(named: name)
    }
    guard let first = names.first else { throw Self.nothing(data, at: place) }
    guard names.count == 1, options.defaults.gpu == nil else {
      throw InputError(
        file: place, problem: "the logs are of \(names.joined(separator: ", "))",
        expectation: "--gpu with one of them")
    }
    return try catalog.devices.gpu(named: first)
  }

  private static func nothing(_ data: FleetData, at place: String) -> InputError {
    InputError(
      file: place, problem: "the logs hold no window of decoding",
      expectation: "benchmarks, tables or engine metrics (docs/calibrate-your-fleet.md); "
        + (data.reason ?? "the folder holds nothing that can be read"))
  }

  func startingFit(_ gpu: String) throws -> DeviceFit {
    if let own = start.own, own.gpu == gpu { return own }
    let path = catalog.folder.appending(path: "gpus/\(gpu).fit.yaml").path
    return try catalog.devices.fit(path: path)
  }
}

/// The runs that a fit leaves for its check: spread evenly over models and batch sizes, and none
/// that is its model's smallest or largest, so that they lie between those that the fit uses.
struct KeptBackRuns {
  let runs: Set<String>

  init(_ windows: [ServingWindow], _ settings: FleetFitSettings) {
    var order: [(model: String, rows: Double, run: String)] = []
    for (run, own) in Dictionary(grouping: windows, by: \.run) {
      let rows = own.reduce(0) { $0 + $1.decodeRows } / Double(own.count)
      order.append((own[0].replica.name, rows, run))
    }
    order.sort { ($0.model, $0.rows, $0.run) < ($1.model, $1.rows, $1.run) }
    let between = order.indices.filter { index in
      index > 0 && index < order.count - 1 && order[index - 1].model == order[index].model
        && order[index + 1].model == order[index].model
    }
    guard order.count >= settings.leastRunsToKeepBack, !between.isEmpty else {
      runs = []
      return
    }
    let count = min(
      between.count, max(1, Int((Double(order.count) * settings.cutShare).rounded())))
    runs = Set(
      (0..<count).map { k in
        order[between[(2 * k + 1) * between.count / (2 * count)]].run
      })
  }
}
