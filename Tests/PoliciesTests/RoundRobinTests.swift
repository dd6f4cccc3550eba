import FleetEngine
import Policies
import Testing

@Suite struct RoundRobinTests {
  @Test func `replicas take turns in order whatever their load`() {
    var choice = RoundRobin()
    let view = fleet(loads: [9, 0, 5])
    let chosen = (0..<7).map { _ in choice.choose(among: [0, 1, 2], in: view) }
    #expect(chosen == [0, 1, 2, 0, 1, 2, 0])
  }

  @Test func `alternating arms on the same replicas still reach every one of them`() {
    var choice = RoundRobin()
    let view = fleet(loads: [0, 0, 0, 0])
    var turnsOfFirstArm = [0, 0, 0, 0]
    for step in 0..<400 {
      let candidates: ReplicaSet = step.isMultiple(of: 2) ? [0, 1, 2, 3] : [2, 3]
      let chosen = choice.choose(among: candidates, in: view)
      #expect(candidates.contains(chosen))
      if step.isMultiple(of: 2) { turnsOfFirstArm[chosen] += 1 }
    }
    #expect(turnsOfFirstArm[0] == turnsOfFirstArm[1])
    #expect(turnsOfFirstArm[0] > 0)
  }

  @Test func `it agrees with a queue that sends the winner to the back`() {
    var generator = TestGenerator(state: 11)
    var choice = RoundRobin()
    var line = Array(0..<6)
    let view = fleet(loads: [Int](repeating: 0, count: 6))
    for _ in 0..<2_000 {
      let candidates = (0..<6).filter { _ in Bool.random(using: &generator) }
      guard !candidates.isEmpty else { continue }
      let position = line.firstIndex { candidates.contains($0) } ?? -1
      let expected = line.remove(at: position)
      line.append(expected)
      #expect(choice.choose(among: ReplicaSet(candidates), in: view) == expected)
    }
  }
}
