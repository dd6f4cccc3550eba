import Testing

@testable import NumericalMethods

struct RandomStreamTests {
  /// Known answers published with Random123 for Philox 2×64 with 10 rounds.
  @Test(
    arguments: [
      ([0, 0], 0, [0xCA00_A045_9843_D731, 0x66C2_4222_C9A8_45B5]),
      ([.max, .max], .max, [0x65B0_21D6_0CD8_310F, 0x4D02_F322_2F86_DF20]),
      (
        [0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344], 0xA409_3822_299F_31D0,
        [0x0A5E_742C_2997_341C, 0xB0F8_83D3_8000_DE5D]
      ),
    ] as [([UInt64], UInt64, [UInt64])])
  func `Philox gives the published answers`(counter: [UInt64], key: UInt64, answer: [UInt64]) {
    let block = RandomStream.philox(counter: (counter[0], counter[1]), key: key)
    #expect([block.0, block.1] == answer)
  }

  @Test func `a pair is made of the draw of the same index and one more`() {
    let stream = RandomStream(seed: 3, purpose: "pairs")
    let pair = stream.uniforms(id: 9, index: 2)
    #expect(pair.0 == stream.uniform(id: 9, index: 2))
    #expect(pair.1 != pair.0)
    #expect(pair.1 == stream.uniforms(id: 9, index: 2).1)
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
