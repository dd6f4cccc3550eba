public import Quantities

/// What a scenario pays, in its own currency.
public struct PriceList: Hashable, Sendable {
  /// Three letters, as USD: printed, never converted.
  public var currency: String
  /// Per kilowatt-hour that the facility draws.
  public var electricityPerKilowattHour: Double
  /// Per GPU and hour that it is deployed, busy or not.
  public var gpuHour: Double

  public init(currency: String, electricityPerKilowattHour: Double, gpuHour: Double) {
    self.currency = currency
    self.electricityPerKilowattHour = electricityPerKilowattHour
    self.gpuHour = gpuHour
  }
}

/// Where the electricity comes from.
public struct GridSpecification: Hashable, Sendable {
  /// Grams of CO2 equivalent per kilowatt-hour.
  public var carbonGramsPerKilowattHour: Double
  /// Who says so.
  public var source: String

  public init(carbonGramsPerKilowattHour: Double, source: String) {
    self.carbonGramsPerKilowattHour = carbonGramsPerKilowattHour
    self.source = source
  }
}

/// The energy that figures per token, per request and per right answer count.
public enum EnergyScope: String, CaseIterable, Sendable {
  /// What the GPUs draw: the scope of NVML and of most published figures.
  case gpu
  /// The GPUs with their hosts, fans and power supplies.
  case node
  /// The nodes with the cooling and distribution of their building (PUE).
  case facility
}

/// Which part of the run is measured, and how finely.
public struct MeasurementSpecification: Hashable, Sendable {
  /// Nothing before this instant counts; nil for the whole run.
  public var warmup: SimDuration?
  /// Nothing after this instant counts; nil for the whole run.
  public var until: SimDuration?
  /// Interval of the time series, over which power is averaged.
  public var seriesInterval: SimDuration
  public var energyScope: EnergyScope
}
