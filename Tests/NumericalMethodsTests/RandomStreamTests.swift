import Testing

@testable import NumericalMethods

struct RandomStreamTests {
  /// Known answers published with Random123 for Philox 4×32 with 10 rounds.
  @Test(
    arguments: [
      ([0, 0, 0, 0], [0, 0], [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]),
      (
        [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [0xFFFF_FFFF, 0xFFFF_FFFF],
        [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]
      ),
      (
        [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344], [0xA409_3822, 0x299F_31D0],
        [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func `Philox gives the published answers`(
    counter: [UInt32], key: [UInt32], answer: [UInt32]
  ) {
    let block = RandomStream.philox(
      counter: (counter[0], counter[1], counter[2], counter[3]), key: (key[0], key[1]))
    #expect([block.0, block.1, block.2, block.3] == answer)
  }

  @Test func `a draw depends on seed, purpose, id and index alone`() {
    let stream = RandomStream(seed: 3, purpose: "lengths")
    let again = RandomStream(seed: 3, purpose: "lengths")
    #expect(stream.uniform(id: 9, index: 2) == again.uniform(id: 9, index: 2))
    let others = [
      stream.bits(id: 9, index: 3), stream.bits(id: 10, index: 2),
      stream.bits(id: 9 | 1 << 32, index: 2), stream.bits(id: 9, index: 2 | 1 << 32),
      RandomStream(seed: 4, purpose: "lengths").bits(id: 9, index: 2),
      RandomStream(seed: 3, purpose: "length").bits(id: 9, index: 2),
    ]
    #expect(!others.contains(stream.bits(id: 9, index: 2)))
    #expect(Set(others).count == others.count)
  }

  /// Upper and lower point of the chi-square distribution that 1 of 10,000 right generators pass.
  private func bounds(degrees: Int) -> ClosedRange<Double> {
    let chiSquare = GammaDistribution(shape: Double(degrees) / 2, scale: 2)
    return chiSquare.quantile(0.0001)...chiSquare.quantile(0.9999)
  }

  private func chiSquare(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }

  @Test func `uniforms fill a thousand cells evenly`() {
    let stream = RandomStream(seed: 1, purpose: "uniformity")
    var counts = [Int](repeating: 0, count: 1000)
    for id in 0..<200_000 as Range<UInt64> { counts[Int(stream.uniform(id: id) * 1000)] += 1 }
    #expect(bounds(degrees: 999).contains(chiSquare(counts)))
  }

  /// Pairs along the ids, along the indices of one id, and across purposes, on a 30 × 30 grid.
  @Test(arguments: 0..<3)
  func `pairs of draws are independent`(way: Int) {
    let stream = RandomStream(seed: 1, purpose: "pairs")
    let other = RandomStream(seed: 1, purpose: "pairs, too")
    var counts = [Int](repeating: 0, count: 900)
    for id in 0..<100_000 as Range<UInt64> {
      let second = [
        stream.uniform(id: id + 1), stream.uniform(id: id, index: 1), other.uniform(id: id),
      ][way]
      counts[Int(stream.uniform(id: id) * 30) * 30 + Int(second * 30)] += 1
    }
    #expect(bounds(degrees: 899).contains(chiSquare(counts)))
  }
}
