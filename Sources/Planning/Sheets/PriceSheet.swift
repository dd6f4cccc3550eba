public import Scenarios

/// What a fleet costs, owned or rented, in one currency.
public struct PriceSheet: Hashable, Sendable {
  public var name: String
  public var title: String
  public var currency: String
  /// Per kilowatt-hour of the facility; nil where power is in the rent.
  public var electricity: Measured?
  /// Per kilowatt of the month's peak at the facility; nil where none is charged.
  public var demand: Measured?
  /// By GPU.
  public var gpus: [String: GPUPrice]

  /// What one GPU costs.
  public enum GPUPrice: Hashable, Sendable {
    /// Bought, with its share of the server, and written off evenly over so many years.
    case owned(price: Measured, years: Measured)
    /// Per hour that it is deployed, power included.
    case rented(perHour: Measured)
  }

  /// Reads a sheet of `calibration/prices`.
  public static func read(path: String) throws -> PriceSheet {
    try YAMLDocument.read(path: path) { yaml in
      let currency = try yaml["currency"].string()
      let gpus = try yaml["gpus"].mapping { gpus in
        try Dictionary(
          uniqueKeysWithValues: gpus.keys.map { name in
            (name, try gpus[name].mapping { try price($0, currency: currency) })
          })
      }
      let sheet = PriceSheet(
        name: try yaml["name"].name(), title: try yaml["title"].string(), currency: currency,
        electricity: try yaml.optional("electricity")?
          .measured(unit: "\(currency)/kWh", .nonNegative),
        demand: try yaml.optional("demand")?
          .measured(unit: "\(currency)/kW/month", .nonNegative),
        gpus: gpus)
      guard sheet.electricity == nil || sheet.gpus.values.allSatisfy(\.isOwned) else {
        throw yaml.error(
          "electricity is given beside GPUs that are rented",
          expected: "one or the other: a rent holds the power, which would be paid twice")
      }
      return sheet
    }
  }

  private static func price(_ yaml: YAMLMapping, currency: String) throws -> GPUPrice {
    if let hour = yaml.optional("hour") {
      return .rented(perHour: try hour.measured(unit: "\(currency)/h", .nonNegative))
    }
    return .owned(
      price: try yaml["price"].measured(unit: currency, .nonNegative),
      years: try yaml["years"].measured(unit: "year", .positive))
  }
}

extension PriceSheet.GPUPrice {
  var isOwned: Bool {
    if case .owned = self { true } else { false }
  }

  /// What one GPU costs in a month of so many hours, power apart.
  func monthly(hours: Double) -> Double {
    switch self {
    case .rented(let perHour): perHour.value * hours
    case .owned(let price, let years): price.value / (years.value * PlanMonth.monthsPerYear)
    }
  }

  /// Where the number comes from.
  public var source: String {
    switch self {
    case .rented(let perHour): perHour.source
    case .owned(let price, let years): "\(price.source); \(years.source)"
    }
  }
}

/// The month of all monthly figures: a twelfth of a year of 8,760 hours.
public enum PlanMonth {
  public static let hours = 730.0
  static let monthsPerYear = 12.0
  static let days = hours / 24
}

extension PriceSheet {
  /// What GPUs cost in a month, power apart; nil where one of them has no price.
  func monthly(_ gpusByName: [String: Int]) -> Double? {
    var sum = 0.0
    for (name, count) in gpusByName.sorted(by: { $0.key < $1.key }) {
      guard let price = gpus[name] else { return nil }
      sum += Double(count) * price.monthly(hours: PlanMonth.hours)
    }
    return sum
  }
}
