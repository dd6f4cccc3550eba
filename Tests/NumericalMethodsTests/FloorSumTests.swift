import Testing

@testable import NumericalMethods

struct FloorSumTests {
  private func termByTerm(count: Int, first: Int64, step: Int64, divisor: Int64) -> UInt128 {
    (0..<count).reduce(0) {
      $0 + UInt128((Int128(first) + Int128(step) * Int128($1)) / Int128(divisor))
    }
  }

  @Test func `every small case is the sum of its terms`() {
    for count in 0...8 {
      for first in 0...9 as ClosedRange<Int64> {
        for step in 0...9 as ClosedRange<Int64> {
          for divisor in 1...9 as ClosedRange<Int64> {
            #expect(
              floorSum(count: count, first: first, step: step, divisor: divisor)
                == termByTerm(count: count, first: first, step: step, divisor: divisor))
          }
        }
      }
    }
  }

  @Test func `large random cases are the sums of their terms`() {
    let stream = RandomStream(seed: 11, purpose: "floor sum")
    for id in 0..<300 as Range<UInt64> {
      func draw(_ index: UInt64, upToBits bits: UInt64) -> Int64 {
        Int64(
          stream.bits(id: id, index: index)
            >> (64 - 1 - (stream.bits(id: id, index: index + 9) % bits)))
      }
      let count = Int(stream.bits(id: id, index: 1) % 400)
      let (first, step) = (draw(2, upToBits: 62), draw(3, upToBits: 62))
      let divisor = 1 + draw(4, upToBits: 61)
      #expect(
        floorSum(count: count, first: first, step: step, divisor: divisor)
          == termByTerm(count: count, first: first, step: step, divisor: divisor),
        "\(count) \(first) \(step) \(divisor)")
    }
  }

  @Test func `a sum over more terms than can be walked has its closed form`() {
    // ⌊i·1/2⌋ over 0..<2m is m(m - 1), and ⌊(7 + 3i)/3⌋ is ⌊7/3⌋ + i.
    let m: UInt128 = 1 << 40
    #expect(floorSum(count: 1 << 41, first: 0, step: 1, divisor: 2) == m * (m - 1))
    let n: UInt128 = 1 << 50
    #expect(floorSum(count: 1 << 50, first: 7, step: 3, divisor: 3) == 2 * n + n * (n - 1) / 2)
    let largest = UInt128(Int64.max)
    #expect(
      floorSum(count: 1 << 20, first: .max, step: .max, divisor: 1)
        == largest << 20 + largest * ((1 << 20) * ((1 << 20) - 1) / 2))
  }
}
