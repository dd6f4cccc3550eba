internal import Scenarios

/// How much carbon a kilowatt-hour of a grid brings, by hour of the day.
public struct GridSheet: Hashable, Sendable {
  public var name: String
  public var title: String
  public var source: String
  /// Grams of CO2 equivalent per kilowatt-hour; 24 values from midnight, or one.
  public var gramsPerKilowattHour: [Double]

  /// At an hour of the day, 0 to 23.
  public func grams(atHour hour: Int) -> Double {
    gramsPerKilowattHour[gramsPerKilowattHour.count == 1 ? 0 : hour]
  }

  public var mean: Double {
    gramsPerKilowattHour.reduce(0, +) / Double(gramsPerKilowattHour.count)
  }

  /// Reads a sheet of `calibration/grids`.
  public static func read(path: String) throws -> GridSheet {
    try YAMLDocument.read(path: path) { yaml in
      let intensity = try yaml["carbon_intensity"]
      let (values, source) = try intensity.mapping { intensity in
        let unit = try intensity["unit"]
        guard try unit.string() == "g/kWh" else { throw unit.isNot("the unit g/kWh") }
        let source = try intensity["source"].string()
        if let hourly = intensity.optional("by_hour") {
          return (try hourly.list(atLeast: 24) { try $0.double(.nonNegative) }, source)
        }
        return ([try intensity["value"].double(.nonNegative)], source)
      }
      guard values.count == 1 || values.count == 24 else {
        throw intensity.error("by_hour has \(values.count) values", expected: "24")
      }
      return GridSheet(
        name: try yaml["name"].name(), title: try yaml["title"].string(), source: source,
        gramsPerKilowattHour: values)
    }
  }
}
