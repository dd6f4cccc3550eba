internal import Scenarios

/// Where in the user's files something stands: what errors, reports and fit files name.
struct LogPlace: Hashable, Sendable, CustomStringConvertible {
  /// The path below the data folder, or as the user gave it.
  var file: String
  /// From 1; nil where the whole file is meant.
  var line: Int?

  var description: String { line.map { "\(file):\($0)" } ?? file }

  /// An error at this place.
  func error(
    _ problem: String, expected expectation: String? = nil, suggestion: String? = nil
  ) -> InputError {
    InputError(
      file: file, line: line, problem: problem, expectation: expectation,
      suggestion: suggestion)
  }
}

/// What the times of a log count from.
enum LogClock: String, Sendable {
  /// Seconds since 1970-01-01 00:00 UTC.
  case epoch
  /// The calendar of a machine whose zone is not written: seconds since 1970 as if it were UTC.
  case local
  /// A monotonic clock, from an instant that nobody knows.
  case monotonic

  /// Epoch seconds of this century; anything smaller is a clock that began with its machine.
  private static let epochSeconds = 1e9...1e10

  /// The clock that a log's first time tells by its size.
  static func guess(_ seconds: Double) -> LogClock {
    epochSeconds.contains(seconds) ? .epoch : .monotonic
  }
}

/// Calendar times in the two spellings that occur in these logs.
enum CalendarTime {
  /// Seconds since 1970 of `2025/01/31 13:05:59.123` (nvidia-smi) or `20250131-130559` (vLLM), as
  /// if the clock showed UTC; nil for anything else.
  static func seconds(_ text: String) -> Double? {
    let characters = Array(text.utf8)
    let isCompact = characters.count == 15 && characters[8] == UInt8(ascii: "-")
    let starts = isCompact ? [0, 4, 6, 9, 11, 13] : [0, 5, 8, 11, 14, 17]
    guard isCompact || isSpaced(characters) else { return nil }
    var fields: [Int] = []
    for (index, start) in starts.enumerated() {
      guard let value = digits(characters, start, index == 0 ? 4 : 2) else { return nil }
      fields.append(value)
    }
    guard (1...12).contains(fields[1]), (1...31).contains(fields[2]), fields[3] < 24,
      fields[4] < 60, fields[5] < 61, (1970...2200).contains(fields[0])
    else { return nil }
    var fraction = 0.0
    if !isCompact, characters.count > 19 {
      guard characters[19] == UInt8(ascii: "."), characters.count <= 29,
        let value = Double("0." + String(decoding: characters[20...], as: UTF8.self))
      else { return nil }
      fraction = value
    }
    let day = daysSince1970(year: fields[0], month: fields[1], day: fields[2])
    return Double(((day * 24 + fields[3]) * 60 + fields[4]) * 60 + fields[5]) + fraction
  }

  private static func isSpaced(_ characters: [UInt8]) -> Bool {
    guard characters.count >= 19 else { return false }
    let isDate = { (mark: UInt8) in mark == UInt8(ascii: "/") || mark == UInt8(ascii: "-") }
    return isDate(characters[4]) && isDate(characters[7])
      && (characters[10] == UInt8(ascii: " ") || characters[10] == UInt8(ascii: "T"))
      && characters[13] == UInt8(ascii: ":") && characters[16] == UInt8(ascii: ":")
  }

  private static func digits(_ characters: [UInt8], _ start: Int, _ count: Int) -> Int? {
    var value = 0
    for byte in characters[start..<start + count] {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  /// Days of the Gregorian calendar, counted in years that begin in March (leap days come last).
  static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
