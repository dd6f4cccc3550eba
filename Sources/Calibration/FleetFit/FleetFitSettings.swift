internal import Foundation
internal import Scenarios

/// What the fit of a fleet needs besides its logs, from `calibration/fleet-fit.yaml`.
struct FleetFitSettings: Sendable {
  /// Relative residuals beyond this count linearly.
  let lossScale: Double
  /// Condition index from which columns of the fit count as dependent.
  let conditionLimit: Double
  /// Least scatter of windows that standard errors reckon with.
  let assumedScatter: Double
  /// Standard error over value beyond which a number that is not asked for stays as shipped.
  let largestShareError: Double
  /// Least standard error, over its value, of a number that a fit leaves as it was.
  let keptShareError: Double
  /// Spread of idle power (10th to 90th percentile) over its median, from which on it is none.
  let idleSpread: Double
  /// Kernel scale, or its inverse, from which on the GPU is taken to be another one.
  let largestKernelScale: Double
  /// Mean error of fitted times from which on the GPU or model is taken to be another one.
  let largestMisfit: Double
  /// Power over the board limit from which on the GPU is taken to be another one.
  let largestLimitShare: Double
  let cutShare: Double
  let leastRunsToKeepBack: Int
  /// Seconds: of a window, of the shortest one, left out at the edges of idleness, of idleness.
  let window, leastWindow, edge, leastIdle: Double
  let leastWindowTokens: Double
  /// Seconds: resolution of a clock offset, how far clocks of one name may be off, time zones.
  let clockStep, clockSlack, zone: Double
  let leastCorrelation, rivalCorrelation: Double
  /// Mean prompts of published measurements by set or task, tokens.
  let promptTokens: [String: Double]
  /// The same for outputs.
  let outputTokens: [String: Double]
  /// Published tasks whose queries are of one kind of subject.
  let narrowTasks: [String]
  /// GPU, task and checkpoint of published runs whose host held the GPU back.
  let hostStarvedRuns: [String]
  /// Models whose published measurements another engine than the modelled one served.
  let unmodelledServing: [String]
  /// What published engines were left at.
  let engineDefaults: EngineDefaults
  /// Numbers behind the example's logs, by key.
  let example: [String: Measured]

  init(calibrationFolder: URL) throws {
    let path = calibrationFolder.appending(path: "fleet-fit.yaml").path
    let published = try DeviceFitSettings(calibrationFolder: calibrationFolder)
    self = try YAMLDocument.read(path: path) { try FleetFitSettings($0, published) }
  }

  private init(_ yaml: YAMLMapping, _ published: DeviceFitSettings) throws {
    func number(_ key: String, _ unit: String = "1") throws -> Double {
      try yaml[key].measured(unit: unit, .positive).value
    }
    lossScale = try number("loss_scale")
    conditionLimit = try number("condition_limit")
    assumedScatter = try number("assumed_scatter")
    largestShareError = try number("largest_share_error")
    keptShareError = try number("kept_share_error")
    idleSpread = try number("idle_spread")
    largestKernelScale = try number("largest_kernel_scale")
    largestMisfit = try number("largest_misfit")
    largestLimitShare = try number("largest_limit_share")
    cutShare = try yaml["cut_share"].measured(unit: "1", .openFraction).value
    leastRunsToKeepBack = Int(try number("least_runs_to_keep_back"))
    window = try number("window", "s")
    leastWindow = try number("least_window", "s")
    leastWindowTokens = try number("least_window_tokens", "token")
    edge = try number("edge", "s")
    leastIdle = try number("least_idle", "s")
    clockStep = try number("clock_step", "s")
    clockSlack = try number("clock_slack", "s")
    leastCorrelation = try number("least_correlation")
    rivalCorrelation = try number("rival_correlation")
    zone = try number("zone", "s")
    promptTokens = published.promptTokens
    hostStarvedRuns = published.hostStarvedRuns
    narrowTasks = published.narrowTasks
    unmodelledServing = published.unmodelledServing
    engineDefaults = published.engineDefaults
    outputTokens = ["frontenac": published.frontenacOutputTokens]
    example = try yaml["example"].mapping { yaml in
      let units = [
        "kernel_scale": "1", "idle": "W", "gap": "W", "bandwidth": "W", "gap_noise": "1",
        "power_noise": "1",
      ]
      var numbers: [String: Measured] = [:]
      for key in yaml.keys {
        numbers[key] = try yaml[key].measured(unit: units[key] ?? "s", .nonNegative)
      }
      return numbers
    }
  }
}
