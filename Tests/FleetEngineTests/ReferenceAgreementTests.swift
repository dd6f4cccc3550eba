import TestSupport
import Testing

/// The engine against a simulator that touches every row and token, on thousands of small fleets.
struct ReferenceAgreementTests {
  private static let scenarios: Range<UInt64> = 0..<2_000

  /// What at least a quarter of the scenarios must have seen.
  private static let required = [
    "preemption", "eviction", "a request given up", "a knot inside an unchanged run",
    "a bound inside an unchanged run", "several replicas",
  ]

  private static let atLeastATenth = [
    "an attempt: escalation", "an attempt: verification", "an attempt: revision",
    "an attempt: vote", "cancelled samples", "a chain that was stopped",
  ]

  @Test func `the engine and the reference agree bit for bit on random scenarios`() async {
    let run = await SwarmRun.run(Self.scenarios)
    let rarest = run.coverage.counts.sorted { $0.count < $1.count }.prefix(3)
    print("rarest of \(run.coverage.scenarios) random scenarios: \(rarest)")
    // Of their number: of the list itself all would be printed.
    #expect(run.failures.count == 0, "\(run.failures.prefix(5).joined(separator: "\n"))")
    #expect(run.coverage.scenarios == Self.scenarios.count)
    for (feature, _) in run.coverage.counts {
      let least = Self.required.contains(feature) ? 0.25 : 0.02
      #expect(run.coverage.share(of: feature) >= least, "\(feature)")
    }
    for feature in Self.atLeastATenth {
      #expect(run.coverage.share(of: feature) >= 0.1, "\(feature)")
    }
    for feature in Self.required { #expect(run.coverage.share(of: feature) > 0, "\(feature)") }
  }
}
