import TestSupport
import Testing

@testable import FleetEngine

/// The ring buffer against an array.
struct WaitingQueueTests {
  private func item(_ request: Int32) -> WaitingItem {
    WaitingItem(request: request, sample: -1, generated: 0, tokens: 1)
  }

  @Test func `keeps the order of an array through every mix of operations`() {
    forEverySeed(80) { seed, random in
      var queue = WaitingQueue()
      var array: [Int32] = []
      // Some cases mostly grow, others mostly stay short and go round the ring.
      let growth = Int.random(in: 2...6, using: &random)
      for number in 0..<Int32(400) {
        if random.oneIn(growth), !array.isEmpty {
          queue.removeFirst()
          array.removeFirst()
        } else if random.oneIn(3) {
          queue.prepend(item(number))
          array.insert(number, at: 0)
        } else {
          queue.append(item(number))
          array.append(number)
        }
        #expect(queue.count == array.count, "seed \(seed)")
        #expect(queue.first?.request == array.first, "seed \(seed)")
      }
      while let next = array.first {
        #expect(queue.first?.request == next, "seed \(seed)")
        queue.removeFirst()
        array.removeFirst()
      }
      #expect(queue.first == nil, "seed \(seed)")
    }
  }
}
