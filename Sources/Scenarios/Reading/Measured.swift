/// A number of a calibration file with what makes it one: unit, source and, if fitted, its error.
public struct Measured: Hashable, Sendable {
  public var value: Double
  public var unit: String
  /// Where the number comes from: data sheet, paper, or the fit that gave it.
  public var source: String
  /// Standard error in the same unit; nil for numbers that were not fitted.
  public var standardError: Double?

  public init(value: Double, unit: String, source: String, standardError: Double? = nil) {
    self.value = value
    self.unit = unit
    self.source = source
    self.standardError = standardError
  }
}

extension YAMLValue {
  /// A calibration number: `{value: 1.2, unit: W, source: "…", error: 0.1}`.
  ///
  /// The unit must be `unit` to the letter ("1" for pure numbers); `error` may be left out, and
  /// so may the source where the sheet gives one for several numbers (`defaultSource`). While a
  /// `CalibrationDraw` is being read, the value is that of the draw.
  public func measured(
    unit: String, _ bounds: Bounds = .any, defaultSource: String? = nil
  ) throws -> Measured {
    try mapping { yaml in
      let value = try yaml["value"].double(bounds)
      let written = try yaml["unit"]
      guard try written.string() == unit else { throw written.isNot("the unit \(unit)") }
      let source =
        if let defaultSource { try yaml.optional("source")?.string() ?? defaultSource } else {
          try yaml["source"].string()
        }
      let error = try yaml.optional("error")?.double(.nonNegative)
      let moved = CalibrationDraw.moved(value, by: error, in: bounds, at: self)
      return Measured(value: moved, unit: unit, source: source, standardError: error)
    }
  }
}
