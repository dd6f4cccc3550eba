import FleetEngine
import TestSupport
import Testing

/// The engine against a simulator that touches every row and token, on hundreds of small fleets.
struct ReferenceAgreementTests {
  private static let scenarioCount: UInt64 = 400

  @Test func `the engine and the reference agree bit for bit on random scenarios`() throws {
    var coverage = Coverage()
    try forEverySeed(Self.scenarioCount) { seed, _ in
      let scenario = RandomScenario(seed: seed)
      let reference = scenario.reference()
      coverage.count(scenario, reference)
      let found = differences(between: try scenario.run(), and: reference)
      #expect(found.isEmpty, "\(found.prefix(8).joined(separator: "\n"))\nin \(scenario)")
    }
    for (feature, count) in coverage.counts {
      let share = Double(count) / Double(Self.scenarioCount)
      #expect(share >= 0.1, "only \(count) scenarios had \(feature)")
    }
  }
}

/// In how many scenarios each awkward thing happened.
private struct Coverage {
  private(set) var counts: [(feature: String, count: Int)] = []

  mutating func count(_ scenario: RandomScenario, _ reference: ReferenceResult) {
    let tally = reference.tally
    let completed = reference.records.filter { $0.outcome == .completed }
    note("preemption", tally.preemptions > 0)
    note("a prompt that started again", tally.restartedPrompts > 0)
    note("a resume with its prompt held by a sibling", tally.sharedResumes > 0)
    note("a prompt in several chunks", tally.partialChunks > 0)
    note("decode and prefill in one iteration", tally.mixedIterations > 0)
    note("a refused request", completed.count < reference.records.count)
    note("a vote", completed.contains { $0.samples > 1 })
    note("a one-token request", completed.contains { $0.outputTokens == 1 })
    note("an output cut by the length limit", tally.cutSamples > 0)
    note("reasoning before an answer", completed.contains { $0.reasoningTokens > 0 })
    note("an arrival at the end of an iteration", reference.arrivalsAtEnds > 0)
    note("several replicas", scenario.fleet.pools.reduce(0) { $0 + $1.replicaCount } > 1)
    note("several pools", scenario.fleet.pools.count > 1)
    note("a batch of two or more", tally.decodeRowSum > tally.decodeIterations)
  }

  private mutating func note(_ feature: String, _ happened: Bool) {
    let index = counts.firstIndex { $0.feature == feature } ?? counts.count
    if index == counts.count { counts.append((feature, 0)) }
    if happened { counts[index].count += 1 }
  }
}
