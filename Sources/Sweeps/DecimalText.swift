internal import Foundation

/// Numbers as a scenario file takes them.
enum DecimalText {
  /// Six significant digits, without trailing zeros: what a range is divided into needs no more,
  /// and a value reads back as the same number.
  static func of(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let exponent = Int(log10(abs(value)).rounded(.down))
    let decimals = max(0, 5 - exponent)
    let text = String(format: "%.\(decimals)f", locale: Locale(identifier: "en_US_POSIX"), value)
    guard text.contains(".") else { return text }
    let digits = text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()
    return String(digits)
  }
}

enum LogarithmicScale {
  /// `base` to the power of `exponent`.
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
