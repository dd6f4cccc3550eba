import Testing

@testable import Quantities

/// The quick conversions against the library's own.
struct Int128RoundingTests {
  private func check(_ value: Double) {
    #expect(
      Int128(nearest: value) == Int128(value.rounded(.toNearestOrEven)), "\(value.debugDescription)"
    )
  }

  @Test func `doubles of every size become the integer that the library gives`() {
    for exponent in 0...125 {
      let power = Double(sign: .plus, exponent: exponent, significand: 1)
      for value in [power, power.nextUp, power.nextDown, power * 1.5, power * 1.7, power + 0.5] {
        check(value)
        check(-value)
      }
    }
    for value in [0, -0.0, 0.49999999999999994, 0.5, 1.5, 2.5, 1e-300, 4503599627370495.5] {
      check(value)
      check(-value)
    }
  }

  @Test func `random doubles become the integer that the library gives`() {
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let exponent = Int(state >> 57) - 3
      let significand = 1 + Double(state & 0x1F_FFFF_FFFF_FFFF) * 0x1p-53
      check(Double(sign: .plus, exponent: exponent, significand: significand))
    }
  }

  @Test(arguments: [(125, 13), (15_625, 26)] as [(Int64, Int128)])
  func `quotients are those of a plain division`(divisor: Int64, shift: Int128) {
    let unit = Int128(divisor) << shift
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let whole = Int128(Int64(bitPattern: state)) >> Int128(state % 64)
      for offset in [0, 1, -1, unit / 2, unit / 2 - 1, unit / 2 + 1] {
        let value = whole * unit + offset
        let half = value < 0 ? -unit / 2 : unit / 2
        let expected = (value + half) / unit
        guard expected >= Int128(Int64.min), expected <= Int128(Int64.max) else { continue }
        #expect(
          value.rounded(dividingBy: divisor, timesPowerOfTwo: shift) == Int64(expected),
          "\(value)")
      }
    }
  }
}
