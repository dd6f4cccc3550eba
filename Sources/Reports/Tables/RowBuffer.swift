internal import Quantities

/// Bytes of comma-separated rows under construction. Numbers are written from integers, so the
/// same values give the same bytes everywhere.
struct RowBuffer {
  private(set) var bytes: [UInt8] = []

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func comma() { bytes.append(UInt8(ascii: ",")) }
  mutating func endRow() { bytes.append(UInt8(ascii: "\n")) }
  mutating func append(_ field: [UInt8]) { bytes.append(contentsOf: field) }

  mutating func append(_ number: Int) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    appendDigits(UInt64(number.magnitude), atLeast: 1)
  }

  /// `number · 10^-decimals` with exactly that many decimals.
  mutating func append(_ number: Int64, decimals: Int) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var unit: UInt64 = 1
    for _ in 0..<decimals { unit *= 10 }
    let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: unit)
    appendDigits(whole, atLeast: 1)
    guard decimals > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    appendDigits(rest, atLeast: decimals)
  }

  /// Milliseconds to the nanosecond.
  mutating func append(milliseconds duration: SimDuration) {
    append(duration.nanoseconds, decimals: 6)
  }

  /// Joules to the microjoule.
  mutating func append(joules energy: Energy) {
    append(energy.microjoules, decimals: 6)
  }

  private mutating func appendDigits(_ number: UInt64, atLeast width: Int) {
    let start = bytes.count
    var rest = number
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes.append(UInt8(ascii: "0") + UInt8(digit))
      rest = quotient
    } while rest > 0
    while bytes.count - start < width { bytes.append(UInt8(ascii: "0")) }
    bytes[start...].reverse()
  }
}

extension Energy {
  /// Mean power over `duration` (> 0), nearest whole milliwatt.
  func milliwatts(over duration: SimDuration) -> Int64 {
    // One quantum a tick is 1/1024 W.
    let perMilliwatt = duration.ticks * 1024
    return Int64((quanta * 1000 + perMilliwatt / 2) / perMilliwatt)
  }
}

enum CSV {
  /// `text` as a field: quoted where it holds a comma, a quote or a line break (RFC 4180).
  static func field(_ text: String) -> [UInt8] {
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else {
      return Array(text.utf8)
    }
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"")
    return Array("\"\(doubled)\"".utf8)
  }

  static func header(_ names: [String]) -> [UInt8] {
    Array(names.map { field($0) }.joined(separator: [0x2C])) + [0x0A]
  }
}
