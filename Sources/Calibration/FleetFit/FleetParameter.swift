internal import DeviceModels
internal import Scenarios

/// A number that a fleet's logs may tell, and what measurement tells it.
struct FleetParameter: Sendable {
  /// The section and key of the fit file; the key is its name on the command line.
  let section: String
  let name: String
  let path: any WritableKeyPath<DeviceParameters, Double> & Sendable
  /// Step of its derivatives: small against values that occur, large against rounding.
  let probe: Double
  /// Whether a fit that cannot tell it is refused, unless the user holds it.
  let isRequired: Bool
  /// The measurement that would tell it.
  let missing: String

  /// In the order in which they are tried.
  static let engine: [FleetParameter] = [
    FleetParameter(
      section: "engine", name: "time_per_iteration", path: \.engine.timePerIteration,
      probe: 1e-5, isRequired: true,
      missing: "windows at two or more batch sizes, one of them small (1 request in flight)"),
    FleetParameter(
      section: "engine", name: "time_per_row", path: \.engine.timePerRow, probe: 1e-7,
      isRequired: true,
      missing: "windows at two or more batch sizes a factor of 4 apart, as 1, 4 and 16 in flight"),
    kernelScale,
  ]

  static let kernelScale = FleetParameter(
    section: "engine", name: "kernel_scale", path: \.engine.kernelScale, probe: 1e-3,
    isRequired: false,
    missing: "models of different size, or contexts that differ by a factor of 4")

  static let power: [FleetParameter] = [
    FleetParameter(
      section: "power", name: "bandwidth", path: \.power.bandwidthPower, probe: 1,
      isRequired: true,
      missing: "power of windows that decode, at two or more batch sizes"),
    FleetParameter(
      section: "power", name: "gap", path: \.power.gapPower, probe: 1, isRequired: false,
      missing: "power at one request in flight beside power at many"),
    FleetParameter(
      section: "power", name: "compute", path: \.power.computePower, probe: 1,
      isRequired: false,
      missing: "power of windows with many prompt tokens beside power of windows with few"),
  ]

  /// Idle power and client overhead are means, told apart from the rest.
  static let names = (engine + power).map(\.name) + ["idle", "client_overhead"]
}

/// Which numbers the user wants fitted whatever it takes, and which he wants left alone.
public struct FleetFreedom: Sendable {
  public var demanded: [String]
  public var held: [String]

  public init(demanded: [String] = [], held: [String] = []) {
    self.demanded = demanded
    self.held = held
  }

  /// Throws an `InputError` for a name that is none.
  func check() throws {
    for name in demanded + held where !FleetParameter.names.contains(name) {
      throw InputError(
        file: "--fit, --keep", problem: "no parameter is called \"\(name)\"",
        expectation: "one of " + FleetParameter.names.joined(separator: ", "),
        suggestion: NearestName.to(name, among: FleetParameter.names))
    }
    if let both = demanded.first(where: held.contains) {
      throw InputError(file: "--fit, --keep", problem: "\(both) is to be fitted and to be kept")
    }
  }

  func demands(_ parameter: FleetParameter) -> Bool {
    !held.contains(parameter.name) && (parameter.isRequired || demanded.contains(parameter.name))
  }
}
