/// A wall-clock time as a trace writes it: no zone is known, none is applied.
public struct TraceTimestamp: Hashable, Comparable, Sendable {
  static let format = "a time YYYY-MM-DD HH:MM:SS with up to 9 decimals and no zone"
  /// Years whose nanoseconds since 1970 fit 64 bits, and so does the time between any two.
  private static let years = 1970...2261

  /// Since 1970-01-01 00:00 on the same clock, leap seconds not counted.
  public let nanoseconds: Int64

  /// Reads `YYYY-MM-DD HH:MM:SS`, `T` allowed for the space, then optionally a point and 1 to 9
  /// decimals; nil for anything else, for a date or time that no clock shows, and for years
  /// outside 1970 to 2261.
  public init?(_ text: some StringProtocol) { self.init(bytes: Array(text.utf8)[...]) }

  init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count >= 19 else { return nil }
    let start = bytes.startIndex
    func number(_ offset: Int, _ count: Int) -> Int? {
      Self.number(bytes[start + offset..<start + offset + count])
    }
    func isMark(_ offset: Int, _ marks: UInt8...) -> Bool { marks.contains(bytes[start + offset]) }
    guard let year = number(0, 4), isMark(4, UInt8(ascii: "-")),
      let month = number(5, 2), isMark(7, UInt8(ascii: "-")),
      let day = number(8, 2), isMark(10, UInt8(ascii: " "), UInt8(ascii: "T")),
      let hour = number(11, 2), isMark(13, UInt8(ascii: ":")),
      let minute = number(14, 2), isMark(16, UInt8(ascii: ":")),
      let second = number(17, 2), let fraction = Self.fraction(bytes[(start + 19)...]),
      Self.years.contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    let days = Self.daysSince1970(year: year, month: month, day: day)
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    nanoseconds = Int64(seconds) * 1_000_000_000 + Int64(fraction)
  }

  public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
  }

  /// Nanoseconds of what follows the seconds: nothing, or a point and 1 to 9 digits.
  private static func fraction(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let point = bytes.first else { return 0 }
    let digits = bytes.dropFirst()
    guard point == UInt8(ascii: "."), (1...9).contains(digits.count), var value = number(digits)
    else { return nil }
    for _ in digits.count..<9 { value *= 10 }
    return value
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
