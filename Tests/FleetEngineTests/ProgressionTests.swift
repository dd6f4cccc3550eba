import TestSupport
import Testing

@testable import FleetEngine

/// Closed forms of arithmetic series against adding them up.
struct ProgressionTests {
  @Test func `counts as many iterations within a time as adding them up does`() {
    forEverySeed(200) { seed, random in
      let count = Int.random(in: 1...60, using: &random)
      let step = Int64.random(in: -20...20, using: &random)
      let first = Int64.random(in: 1...40, using: &random) + max(0, -step * Int64(count - 1))
      let series = TickProgression(first: first, step: step)
      #expect(series.sum(count) == (0..<count).reduce(0) { $0 + series.value($1) })
      for _ in 0..<20 {
        let ticks = Int64.random(in: 0...series.sum(count) + 50, using: &random)
        var (fitting, left) = (0, ticks)
        while fitting < count, left >= series.value(fitting) {
          left -= series.value(fitting)
          fitting += 1
        }
        #expect(series.count(within: ticks, most: count) == fitting, "seed \(seed)")
      }
    }
  }

  /// The last of these iterations takes a tick: half a step further the total would shrink again,
  /// and in floating point its greatest value lies below what is asked.
  @Test(arguments: [
    (158_781_257, 476_343_771, 37_817_231_599_921_958),
    (462_095_311, 1_386_285_931, 320_298_114_441_232_423),
  ])
  func `finds the last iteration of a series that falls to almost nothing`(
    most: Int, first: Int64, ticks: Int64
  ) {
    let series = TickProgression(first: first, step: -3)
    let count = series.count(within: ticks, most: most)
    #expect(series.sum(count) <= ticks)
    #expect(count == most || series.sum(count + 1) > ticks)
  }
}
