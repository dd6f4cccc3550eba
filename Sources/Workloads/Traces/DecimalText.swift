internal import Quantities

/// Units in which a trace may give a time.
public enum TraceTimeUnit: String, CaseIterable, Sendable {
  case nanoseconds = "ns"
  case microseconds = "us"
  case milliseconds = "ms"
  case seconds = "s"
  case minutes = "min"
  case hours = "h"
  /// A calendar's date and time of day.
  case timestamp

  /// Ticks of simulated time in one unit; 0 for a timestamp.
  var ticks: Int128 {
    let nanoseconds: Int128 =
      switch self {
      case .nanoseconds: 1
      case .microseconds: 1_000
      case .milliseconds: 1_000_000
      case .seconds: 1_000_000_000
      case .minutes: 60_000_000_000
      case .hours: 3_600_000_000_000
      case .timestamp: 0
      }
    return nanoseconds * 1_024_000
  }
}

/// Numbers as bytes of a file spell them.
enum DecimalText {
  /// More than any model's context; bounds the sums over a trace.
  static let mostTokens = 999_999_999

  /// A whole number of digits only, at most `most`.
  static func whole(_ bytes: [UInt8], _ range: Range<Int>, most: Int = mostTokens) -> Int? {
    guard !range.isEmpty else { return nil }
    var value = 0
    for index in range {
      let digit = bytes[index] &- 0x30
      guard digit < 10, value <= most else { return nil }
      value = value * 10 + Int(digit)
    }
    return value <= most ? value : nil
  }

  /// A whole number of 64 bits.
  static func unsigned(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64? {
    guard !range.isEmpty else { return nil }
    var value: UInt64 = 0
    for index in range {
      let digit = bytes[index] &- 0x30
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
      guard digit < 10, !overflows, !carries else { return nil }
      value = sum
    }
    return value
  }

  /// A time ≥ 0 and under 100 years in ticks: exact for up to 22 decimals of a second, to the
  /// nearest tick for more digits of other units; by floating point where it has an exponent.
  static func ticks(
    _ bytes: [UInt8], _ range: Range<Int>, unit: TraceTimeUnit
  ) -> Int128? {
    var whole: Int128 = 0
    var index = range.lowerBound
    while index < range.upperBound, bytes[index] &- 0x30 < 10 {
      guard index - range.lowerBound < 22 else { return nil }
      whole = whole * 10 + Int128(bytes[index] &- 0x30)
      index += 1
    }
    let wholeDigits = index - range.lowerBound
    guard index < range.upperBound else {
      return wholeDigits > 0 ? bounded(whole.multipliedReportingOverflow(by: unit.ticks)) : nil
    }
    guard bytes[index] == UInt8(ascii: ".") else { return floating(bytes, range, unit) }
    index += 1
    let start = index
    var fraction: Int128 = 0
    var power: Int128 = 1
    while index < range.upperBound, bytes[index] &- 0x30 < 10 {
      guard index - start < 22 else { return nil }
      fraction = fraction * 10 + Int128(bytes[index] &- 0x30)
      power *= 10
      index += 1
    }
    guard index == range.upperBound else { return floating(bytes, range, unit) }
    let (product, overflows) = fraction.multipliedReportingOverflow(by: unit.ticks)
    guard wholeDigits + (index - start) > 0, !overflows,
      let ticks = bounded(whole.multipliedReportingOverflow(by: unit.ticks))
    else { return nil }
    return bounded((ticks + (product + power / 2) / power, false))
  }

  private static func floating(
    _ bytes: [UInt8], _ range: Range<Int>, _ unit: TraceTimeUnit
  ) -> Int128? {
    let text = String(decoding: bytes[range], as: UTF8.self)
    // Swift's own syntax also has hexadecimal, infinities and nan.
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
      let value = Double(text), value >= 0
    else { return nil }
    let ticks = value * Double(unit.ticks)
    guard ticks < SyntheticSource.longestSeconds * SimDuration.ticksPerSecond else { return nil }
    return Int128(ticks.rounded())
  }

  private static func bounded(_ ticks: (partialValue: Int128, overflow: Bool)) -> Int128? {
    let most = Int128(SyntheticSource.longestSeconds) * 1_024_000_000_000_000
    return ticks.overflow || ticks.partialValue > most ? nil : ticks.partialValue
  }

  /// A finite number, as Swift spells decimals.
  static func double(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
    let text = String(decoding: bytes[range], as: UTF8.self)
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }
}
