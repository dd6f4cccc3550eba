/// A wall-clock time as a trace writes it. A time zone that it names is taken into account; where
/// it names none, none is applied.
public struct TraceTimestamp: Hashable, Comparable, Sendable {
  static let format =
    "a time YYYY-MM-DD HH:MM:SS with up to 9 decimals, with or without a zone (Z, +00:00)"
  /// Years whose nanoseconds since 1970 fit 64 bits, and so does the time between any two.
  private static let years = 1970...2261

  /// Since 1970-01-01 00:00 on the same clock, leap seconds not counted.
  public let nanoseconds: Int64

  /// Reads `YYYY-MM-DD HH:MM:SS`, `T` allowed for the space, then optionally a point and 1 to 9
  /// decimals, then optionally `Z` or a zone's distance to UTC, `+01:00`; nil for anything else,
  /// for a date or time that no clock shows, and for years outside 1970 to 2261.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    self.init(bytes, bytes.indices)
  }

  init?(_ bytes: [UInt8], _ range: Range<Int>) {
    guard range.count >= 19 else { return nil }
    let start = range.lowerBound
    func number(_ offset: Int, _ count: Int) -> Int? {
      Self.number(bytes, start + offset..<start + offset + count)
    }
    func isMark(_ offset: Int, _ mark: UInt8, _ other: UInt8? = nil) -> Bool {
      bytes[start + offset] == mark || bytes[start + offset] == other
    }
    guard let year = number(0, 4), isMark(4, UInt8(ascii: "-")),
      let month = number(5, 2), isMark(7, UInt8(ascii: "-")),
      let day = number(8, 2), isMark(10, UInt8(ascii: " "), UInt8(ascii: "T")),
      let hour = number(11, 2), isMark(13, UInt8(ascii: ":")),
      let minute = number(14, 2), isMark(16, UInt8(ascii: ":")),
      let second = number(17, 2),
      let (fraction, fractionEnd) = Self.fraction(bytes, start + 19..<range.upperBound),
      let zone = Self.zoneMinutes(bytes, fractionEnd..<range.upperBound),
      Self.years.contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    let days = Self.daysSince1970(year: year, month: month, day: day)
    let seconds = ((days * 24 + hour) * 60 + minute - zone) * 60 + second
    nanoseconds = Int64(seconds) * 1_000_000_000 + Int64(fraction)
  }

  public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

  private static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
    var value = 0
    for index in range {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  /// Nanoseconds of a point and 1 to 9 digits, or 0 where there is no point; and where they end.
  private static func fraction(_ bytes: [UInt8], _ range: Range<Int>) -> (Int, Int)? {
    guard !range.isEmpty, bytes[range.lowerBound] == UInt8(ascii: ".") else {
      return (0, range.lowerBound)
    }
    var value = 0
    var index = range.lowerBound + 1
    while index < range.upperBound, bytes[index] &- 0x30 < 10 {
      guard index - range.lowerBound <= 9 else { return nil }
      value = value * 10 + Int(bytes[index] &- 0x30)
      index += 1
    }
    let digits = index - range.lowerBound - 1
    guard digits > 0 else { return nil }
    for _ in digits..<9 { value *= 10 }
    return (value, index)
  }

  /// Minutes that the clock of a zone is ahead of UTC: nothing or `Z` for none, else `±HH:MM`.
  private static func zoneMinutes(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
    guard let first = range.first else { return 0 }
    if range.count == 1 { return bytes[first] == UInt8(ascii: "Z") ? 0 : nil }
    let sign = bytes[first] == UInt8(ascii: "+") ? 1 : -1
    guard range.count == 6, sign > 0 || bytes[first] == UInt8(ascii: "-"),
      bytes[first + 3] == UInt8(ascii: ":"), let hours = number(bytes, first + 1..<first + 3),
      let minutes = number(bytes, first + 4..<first + 6), hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Proleptic Gregorian calendar.
  private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    func leapDays(before year: Int) -> Int {
      let past = year - 1
      return past / 4 - past / 100 + past / 400
    }
    var days = (year - 1970) * 365 + leapDays(before: year) - leapDays(before: 1970)
    for earlier in 1..<month { days += Self.days(inMonth: earlier, of: year) }
    return days + day - 1
  }
}
