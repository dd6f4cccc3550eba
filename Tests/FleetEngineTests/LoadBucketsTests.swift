import Testing

@testable import FleetEngine

@Suite struct LoadBucketsTests {
  @Test(arguments: [1, 63, 64, 65, 200])
  func `it agrees with looking at every replica`(count: Int) {
    var state = UInt64(count) &* 0x9E37_79B9_7F4A_7C15
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var loads = (0..<count).map { _ in random(12) }
    var buckets = LoadBuckets(loads)
    for _ in 0..<400 {
      let replica = random(count)
      loads[replica] = random(10) == 0 ? 16_380 + random(9) : random(12)
      buckets.update(replica, to: loads[replica])
      let start = random(count)
      let range = start..<start + 1 + random(count - start)
      let bound = random(8) == 0 ? 16_390 : random(14) - 1
      let below = range.filter { loads[$0] <= bound }
      let most = below.map { loads[$0] }.max()
      let found = buckets.most(in: range, atMost: bound)
      // The highest loads share a set, of which the first replica is as good as any.
      if let most, most < 16_384 {
        #expect(found?.load == most)
        #expect(found?.replica == below.first { loads[$0] == most })
      } else {
        #expect((found == nil) == below.isEmpty)
      }
      let least = range.filter { loads[$0] > bound }.map { loads[$0] }.min()
      guard (least ?? 0) < 16_384 else { continue }
      #expect(buckets.least(in: range, above: bound)?.load == least)
    }
  }
}
