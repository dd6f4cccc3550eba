internal import Quantities

/// Bytes of comma-separated rows under construction. Numbers are written from integers, so the
/// same values give the same bytes everywhere.
///
/// Digits go straight into memory of its own: a row has a hundred of them, and a large run writes
/// hundreds of millions of rows. Belongs to one run, which never leaves its thread.
final class RowBuffer: @unchecked Sendable {
  /// What the longest number takes: 20 digits, a sign and a point.
  private static let longestNumber = 24

  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 4096) {
    self.capacity = max(capacity, Self.longestNumber)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// Valid until the next change.
  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  var bytes: [UInt8] { Array(buffer) }

  func removeAll() { count = 0 }

  func comma() { append(byte: UInt8(ascii: ",")) }
  func endRow() { append(byte: UInt8(ascii: "\n")) }

  func append(_ field: [UInt8]) {
    reserve(field.count)
    field.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      (base + count).update(from: start, count: source.count)
    }
    count += field.count
  }

  func append(_ number: Int) {
    reserve(Self.longestNumber)
    if number < 0 { put(UInt8(ascii: "-")) }
    putDigits(UInt64(number.magnitude))
  }

  /// `number · 10^-decimals` with exactly that many decimals, at most 18.
  func append(_ number: Int64, decimals: Int) {
    reserve(Self.longestNumber)
    if number < 0 { put(UInt8(ascii: "-")) }
    guard decimals != 6 else { return putMillionths(number.magnitude) }
    var unit: UInt64 = 1
    for _ in 0..<decimals { unit *= 10 }
    let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: unit)
    putDigits(whole)
    guard decimals > 0 else { return }
    put(UInt8(ascii: "."))
    put(rest, digits: decimals)
  }

  /// Milliseconds to the nanosecond.
  func append(milliseconds duration: SimDuration) {
    append(duration.nanoseconds, decimals: 6)
  }

  /// Joules to the microjoule.
  func append(joules energy: Energy) {
    append(energy.microjoules, decimals: 6)
  }

  private func append(byte: UInt8) {
    reserve(1)
    put(byte)
  }

  private func reserve(_ wanted: Int) {
    guard capacity - count < wanted else { return }
    capacity = max(2 * capacity, count + wanted)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }

  private func put(_ byte: UInt8) {
    base[count] = byte
    count += 1
  }

  /// The commonest kind of number; a division by a constant takes no division.
  private func putMillionths(_ number: UInt64) {
    let whole = number / 1_000_000
    putDigits(whole)
    put(UInt8(ascii: "."))
    put(number - whole * 1_000_000, digits: 6)
  }

  private func putDigits(_ number: UInt64) {
    var digits = 1
    var rest = number
    while rest >= 10_000 {
      rest /= 10_000
      digits += 4
    }
    digits += (rest >= 10 ? 1 : 0) + (rest >= 100 ? 1 : 0) + (rest >= 1000 ? 1 : 0)
    put(number, digits: digits)
  }

  /// The last `digits` digits of `number`, zeros in front if it has fewer.
  private func put(_ number: UInt64, digits: Int) {
    var rest = number
    var end = count + digits
    let start = count
    count = end
    while end - start >= 2 {
      // Two digits for each division.
      let quotient = rest / 100
      let pair = UInt8(truncatingIfNeeded: rest &- quotient &* 100)
      let tens = pair / 10
      base[end - 1] = UInt8(ascii: "0") &+ pair &- tens &* 10
      base[end - 2] = UInt8(ascii: "0") &+ tens
      rest = quotient
      end -= 2
    }
    if end > start { base[start] = UInt8(ascii: "0") + UInt8(rest % 10) }
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
