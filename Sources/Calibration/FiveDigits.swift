internal import Foundation

/// Numbers as calibration files hold them.
enum FiveDigits {
  /// Five significant digits, or a whole number as it is.
  static func text(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
    return String(format: "%.5g", value)
  }

  /// A share as a percentage with one decimal.
  static func percent(_ share: Double) -> String { String(format: "%.1f", share * 100) }
}
