internal import Scenarios

/// What a fleet draws and costs in a month, hour by hour of its days.
public struct FleetEconomics: Hashable, Sendable {
  /// Mean power of the facility by hour of the day, W.
  public var wattsByHour: [Double]
  /// Highest power of the facility, kW.
  public var peakKilowatts: Double
  public var kilowattHoursPerMonth: Double
  public var outputTokensPerMonth: Double
  public var promptTokensPerMonth: Double
  /// Nil without prices of all its GPUs.
  public var money: Money?
  /// Kilograms of CO2 equivalent in a month, of operation; nil without a grid.
  public var carbonKilograms: Double?

  /// By what it is paid for, in the sheet's currency.
  public struct Money: Hashable, Sendable {
    public var currency: String
    /// Rent, or the month's part of what was bought.
    public var gpus: Double
    public var electricity: Double
    public var peakDemand: Double
    public var total: Double { gpus + electricity + peakDemand }
  }

  /// Joules of the facility per output token.
  public var joulesPerOutputToken: Double {
    kilowattHoursPerMonth * Self.joulesPerKilowattHour / outputTokensPerMonth
  }

  /// Per million output tokens; nil without prices.
  public var moneyPerMillionOutputTokens: Double? {
    money.map { $0.total / outputTokensPerMonth * 1e6 }
  }

  /// What the goal makes small; nil where there is no sheet for it.
  public func value(of goal: PlanGoal) -> Double? {
    switch goal {
    case .energy: kilowattHoursPerMonth
    case .cost: money?.total
    case .carbon: carbonKilograms
    }
  }

  private static let joulesPerKilowattHour = 3.6e6
}

extension FleetEconomics {
  /// What the fleet does at the load of an hour.
  struct HourlyLoad {
    var watts: Double
    var outputTokensPerSecond: Double
    var promptTokensPerSecond: Double
  }

  /// A fleet with these loads by hour.
  init(
    hours: [HourlyLoad], peakWatts: Double, gpusByName: [String: Int], prices: PriceSheet?,
    grid: GridSheet?
  ) {
    wattsByHour = hours.map(\.watts)
    peakKilowatts = peakWatts / 1e3
    let secondsPerHourOfDay = 3600 * PlanMonth.days
    outputTokensPerMonth = hours.reduce(0) { $0 + $1.outputTokensPerSecond * secondsPerHourOfDay }
    promptTokensPerMonth = hours.reduce(0) { $0 + $1.promptTokensPerSecond * secondsPerHourOfDay }
    kilowattHoursPerMonth = hours.reduce(0) { $0 + $1.watts / 1e3 * PlanMonth.days }
    carbonKilograms = grid.map { grid in
      hours.enumerated().reduce(0) {
        $0 + $1.element.watts / 1e3 * PlanMonth.days * grid.grams(atHour: $1.offset) / 1e3
      }
    }
    guard let prices, let gpus = prices.monthly(gpusByName) else { return }
    money = Money(
      currency: prices.currency, gpus: gpus,
      electricity: (prices.electricity?.value ?? 0) * kilowattHoursPerMonth,
      peakDemand: (prices.demand?.value ?? 0) * peakKilowatts)
  }
}
