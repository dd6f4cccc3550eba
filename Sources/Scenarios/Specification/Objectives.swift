public import Quantities

/// What a scenario pays, in its own currency.
public struct PriceList: Hashable, Sendable {
  /// Three letters, as USD: printed, never converted.
  public var currency: String
  /// Per kilowatt-hour that the facility draws.
  public var electricityPerKilowattHour: Double
  /// Per GPU and hour that it is deployed, busy or not.
  public var gpuHour: Double
}

/// Where the electricity comes from.
public struct GridSpecification: Hashable, Sendable {
  /// Grams of CO2 equivalent per kilowatt-hour.
  public var carbonGramsPerKilowattHour: Double
  /// Who says so.
  public var source: String
}

/// The energy that figures per token, per request and per right answer count.
public enum EnergyBoundary: String, CaseIterable, Sendable {
  case gpu, node, facility
}

/// Which part of the run is measured, and how finely.
public struct MeasurementSpecification: Hashable, Sendable {
  /// Nothing before this instant counts; nil for the whole run.
  public var warmup: SimDuration?
  /// Nothing after this instant counts; nil for the whole run.
  public var until: SimDuration?
  /// Interval of the time series, over which power is averaged.
  public var seriesInterval: SimDuration
  public var energyBoundary: EnergyBoundary
}
