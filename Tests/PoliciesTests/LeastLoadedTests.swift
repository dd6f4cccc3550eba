import FleetEngine
import Policies
import Quantities
import Testing

@Suite struct LeastLoadedTests {
  @Test func `running work counts like waiting work`() {
    var busy = ReplicaView()
    busy.runningRows = 3
    var queued = ReplicaView()
    queued.waitingRequests = 2
    let view = FleetView(now: .zero, replicas: [busy, queued], replicasByArm: [[0, 1]])
    var choice = LeastLoaded()
    #expect(choice.choose(among: [0, 1], in: view) == 1)
    #expect(choice.choose(among: [0, 1], in: view) == 1)
  }

  @Test func `an idle fleet fills evenly, never always replica 0`() {
    var choice = LeastLoaded()
    let view = fleet(loads: [0, 0, 0, 0])
    let chosen = (0..<10).map { _ in choice.choose(among: [0, 1, 2, 3], in: view) }
    #expect(chosen == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1])
  }

  @Test func `ties among a few go round from the last one chosen`() {
    var choice = LeastLoaded()
    let candidates: ReplicaSet = [0, 1, 2, 3]
    #expect(choice.choose(among: candidates, in: fleet(loads: [2, 1, 5, 1])) == 1)
    #expect(choice.choose(among: candidates, in: fleet(loads: [2, 1, 5, 1])) == 3)
    #expect(choice.choose(among: candidates, in: fleet(loads: [2, 1, 5, 1])) == 1)
    #expect(choice.choose(among: candidates, in: fleet(loads: [1, 9, 1, 1])) == 2)
  }

  @Test func `only candidates are chosen`() {
    var choice = LeastLoaded()
    let view = fleet(loads: [0, 7, 0, 3])
    #expect(choice.choose(among: [1, 3], in: view) == 3)
  }

  @Test(arguments: [1, 2, 3]) func `it agrees with sorting by load, then turn`(seed: UInt64) {
    var generator = TestGenerator(state: seed)
    var choice = LeastLoaded()
    var last = -1
    for _ in 0..<2_000 {
      let loads = (0..<9).map { _ in Int.random(in: 0...3, using: &generator) }
      let candidates = (0..<9).filter { _ in Bool.random(using: &generator) }.shuffled(
        using: &generator)
      guard !candidates.isEmpty else { continue }
      let sorted = candidates.sorted { a, b in
        (loads[a], (a - last - 1 + 9) % 9) < (loads[b], (b - last - 1 + 9) % 9)
      }
      let chosen = choice.choose(among: ReplicaSet(candidates), in: fleet(loads: loads))
      #expect(chosen == sorted[0])
      last = chosen
    }
  }
}
