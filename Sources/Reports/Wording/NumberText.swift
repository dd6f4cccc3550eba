internal import Foundation

/// Numbers for people: few digits, no exponents, a dash where there is none.
enum NumberText {
  static let none = "–"

  /// Three significant digits, or all digits of the whole part where that is longer.
  static func figure(_ number: Double?, significant: Int = 3) -> String {
    guard let number, number.isFinite else { return none }
    guard number != 0 else { return "0" }
    let decimals = significant - 1 - magnitude(number)
    // What is rounded up to the next power of ten has one decimal too many.
    let unit = pow(10, Double(-decimals))
    let rounded = (number / unit).rounded() * unit
    return fixed(number, decimals: max(0, significant - 1 - magnitude(rounded)))
  }

  private static func magnitude(_ number: Double) -> Int {
    Int((log10(abs(number)) + 1e-12).rounded(.down))
  }

  /// The figure with its sign, plus included.
  static func signed(_ number: Double) -> String {
    number > 0 ? "+" + figure(number) : figure(number)
  }

  /// Both ends with the decimals that the larger one asks for, signed where differences are told.
  static func range(_ interval: ClosedRange<Double>, isSigned: Bool = false) -> String {
    let largest = max(abs(interval.lowerBound), abs(interval.upperBound))
    guard largest > 0, largest.isFinite else { return "0 to 0" }
    let decimals = max(0, 2 - magnitude(largest))
    let ends = [interval.lowerBound, interval.upperBound].map { end in
      let text = fixed(end, decimals: decimals)
      let isZero = !text.contains { ("1"..."9").contains($0) }
      if isZero { return text.hasPrefix("-") ? String(text.dropFirst()) : text }
      return isSigned && end > 0 ? "+" + text : text
    }
    return "\(ends[0]) to \(ends[1])"
  }

  static func percent(_ share: Double?, decimals: Int = 1) -> String {
    guard let share, share.isFinite else { return none }
    return fixed(100 * share, decimals: decimals) + " %"
  }

  static func fixed(_ number: Double, decimals: Int) -> String {
    grouped(String(format: "%.\(decimals)f", number))
  }

  static func count(_ number: Int) -> String { grouped(String(number)) }

  /// Commas between thousands, from five digits on.
  private static func grouped(_ digits: String) -> String {
    let sign = digits.hasPrefix("-") ? "-" : ""
    let parts = digits.dropFirst(sign.count).split(separator: ".", maxSplits: 1)
    guard let whole = parts.first, whole.count > 4 else { return digits }
    var text = ""
    for (position, digit) in whole.enumerated() {
      if position > 0, (whole.count - position).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return sign + text + (parts.count > 1 ? "." + parts[1] : "")
  }
}
