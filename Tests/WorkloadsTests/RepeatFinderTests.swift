import TestSupport
import Testing
import Workloads

struct RepeatFinderTests {
  @Test func `finds the first id that stands before it too, list after list`() {
    forEverySeed(60) { seed, random in
      var finder = RepeatFinder()
      for _ in 0..<40 {
        let span: UInt64 = random.oneIn(2) ? 40 : .max
        let ids = (0..<Int.random(in: 0...60, using: &random)).map { position in
          random.oneIn(2) ? UInt64(position) : UInt64.random(in: 0...span, using: &random)
        }
        var seen: Set<UInt64> = []
        let expected = ids.firstIndex { !seen.insert($0).inserted }
        #expect(finder.firstRepeat(in: ids) == expected, "seed \(seed)")
      }
    }
  }
}
