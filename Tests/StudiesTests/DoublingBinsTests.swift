import NumericalMethods
import Testing

@testable import Studies

private struct Total: Mergeable, Equatable {
  var sum: UInt64 = 0
  var count = 0
  mutating func merge(_ other: Self) {
    sum += other.sum
    count += other.count
  }
}

@Suite struct DoublingBinsTests {
  @Test(arguments: [1, 7, 8, 9, 16, 17, 1000, 4096])
  func `bins equal sums made with the final width from the start`(count: Int) {
    let random = RandomStream(seed: 7, purpose: "order")
    let keys = (0..<UInt64(count)).sorted {
      random.bits(id: $0) < random.bits(id: $1)
    }
    var bins = DoublingBins<Total>(limit: 8)
    for key in keys {
      bins.update(key) {
        $0.sum += key * key
        $0.count += 1
      }
    }
    var expected = [Total](repeating: Total(), count: (count - 1) / Int(bins.width) + 1)
    for key in keys {
      expected[Int(key / bins.width)].merge(Total(sum: key * key, count: 1))
    }
    #expect(bins.bins == expected)
    #expect(bins.bins.count <= 8)
    #expect(count <= 8 || bins.bins.count > 4)
  }

  @Test func `a key far past the end doubles as often as it takes`() {
    var bins = DoublingBins<Total>(limit: 4)
    bins.update(0) { $0.count += 1 }
    bins.update(1_000_000) { $0.count += 1 }
    #expect(bins.width == 262_144)
    #expect(bins.bins.map(\.count) == [1, 0, 0, 1])
  }

  @Test func `widening merges neighbours and keeps the total`() {
    var bins = DoublingBins<Total>(limit: 8)
    for key in 0..<5 as Range<UInt64> { bins.update(key) { $0.sum += key } }
    let wide = bins.widened(toShift: 1)
    #expect(wide.bins.map(\.sum) == [1, 5, 4])
    #expect(wide.width == 2)
  }
}
