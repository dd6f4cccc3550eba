import Quantities
import TestSupport
import Testing

@testable import FleetEngine

/// The tree of minima against a list that is searched from end to end.
struct IterationQueueTests {
  private func first(of times: [SimTime]) -> Int {
    times.indices.reduce(0) { times[$1] < times[$0] ? $1 : $0 }
  }

  @Test func `gives the earliest event, the lowest replica of equals, whatever is moved`() {
    forEverySeed(60) { seed, random in
      let count = Int.random(in: 1...70, using: &random)
      var queue = IterationQueue(replicaCount: count)
      var times = Array(repeating: SimTime.never, count: count)
      // Few distinct times in every second case: ties everywhere.
      let span: Int128 = random.oneIn(2) ? 5 : 1_000_000
      for _ in 0..<300 {
        let replica =
          random.oneIn(3) ? queue.first : Int.random(in: 0..<count, using: &random)
        let time =
          random.oneIn(4) ? .never : SimTime(ticks: Int128.random(in: 0..<span, using: &random))
        if time == .never, random.oneIn(2) {
          queue.finish(replica)
        } else {
          queue.set(replica, to: time)
        }
        times[replica] = time
        #expect(queue.firstTime == times.min(), "seed \(seed)")
        guard queue.firstTime < .never else { continue }
        #expect(queue.first == first(of: times), "seed \(seed)")
      }
    }
  }

  /// As a run does it: time goes on, and the next event of a replica is never far ahead.
  @Test func `keeps its order over times that 64 bits of ticks do not hold`() {
    forEverySeed(20) { seed, random in
      let count = Int.random(in: 1...9, using: &random)
      var queue = IterationQueue(replicaCount: count)
      var times = Array(repeating: SimTime.never, count: count)
      var now = SimTime.zero
      for _ in 0..<300 {
        let replica = Int.random(in: 0..<count, using: &random)
        let ahead = Int128(Int64.random(in: 0...TickProgression.longest, using: &random))
        times[replica] = SimTime(ticks: now.ticks + ahead)
        queue.set(replica, to: times[replica])
        #expect(queue.firstTime == times.min(), "seed \(seed)")
        #expect(queue.first == first(of: times), "seed \(seed)")
        guard random.oneIn(3) else { continue }
        now = queue.firstTime
        times[queue.first] = .never
        queue.finish(queue.first)
      }
      #expect(count > 8 || now.ticks > Int128(Int64.max), "seed \(seed)")
    }
  }

  @Test func `gives every order of four replicas right`() {
    // All 4⁴ assignments of four times, set in order, then taken out.
    for code in 0..<256 {
      var queue = IterationQueue(replicaCount: 4)
      var times = (0..<4).map { SimTime(ticks: Int128(code >> (2 * $0) & 3)) }
      for replica in 0..<4 { queue.set(replica, to: times[replica]) }
      for _ in 0..<4 {
        let next = first(of: times)
        #expect(queue.first == next)
        queue.set(next, to: .never)
        times[next] = .never
      }
      #expect(queue.firstTime == .never)
    }
  }
}
