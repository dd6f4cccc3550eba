/// The values that a number in a file may take.
public struct Bounds: Hashable, Sendable, CustomStringConvertible {
  var lower: Double = -.infinity
  var upper: Double = .infinity
  var excludesLower = false
  var excludesUpper = false

  /// Any finite number.
  public static let any = Bounds()
  /// Greater than 0.
  public static let positive = Bounds(lower: 0, excludesLower: true)
  /// 0 or greater.
  public static let nonNegative = Bounds(lower: 0)
  /// From 0 to 1, both included.
  public static let fraction = Bounds(lower: 0, upper: 1)
  /// Greater than 0, at most 1.
  public static let positiveFraction = Bounds(lower: 0, upper: 1, excludesLower: true)
  /// Between 0 and 1, neither included.
  public static let openFraction = Bounds(
    lower: 0, upper: 1, excludesLower: true, excludesUpper: true)

  public static func between(_ range: ClosedRange<Double>) -> Bounds {
    Bounds(lower: range.lowerBound, upper: range.upperBound)
  }
  public static func atLeast(_ value: Double) -> Bounds { Bounds(lower: value) }

  public func contains(_ value: Double) -> Bool {
    value.isFinite
      && (excludesLower ? value > lower : value >= lower)
      && (excludesUpper ? value < upper : value <= upper)
  }

  /// `a number > 0`, `a number ≥ 0 and ≤ 1`.
  public var description: String {
    var conditions: [String] = []
    if lower.isFinite {
      conditions.append("\(excludesLower ? ">" : "≥") \(NumberText.of(lower))")
    }
    if upper.isFinite {
      conditions.append("\(excludesUpper ? "<" : "≤") \(NumberText.of(upper))")
    }
    return (["a number"] + [conditions.joined(separator: " and ")])
      .filter { !$0.isEmpty }.joined(separator: " ")
  }
}

/// Numbers as people write them.
enum NumberText {
  /// The shortest decimal that reads back as `value`, without `.0`.
  static func of(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
