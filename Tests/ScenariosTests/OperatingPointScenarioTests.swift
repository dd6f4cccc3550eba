import DeviceModels
import FleetEngine
import Scenarios
import Testing

private let pool = "replicas: 2\n"

struct OperatingPointScenarioTests {
  @Test func `clock and cap of a pool arrive at its device model`() throws {
    let scenario = try changed((pool, "replicas: 2\n      clock_mhz: 1200\n      cap_w: 450.5\n"))
    let point = OperatingPoint(clockMegahertz: 1200, capWatts: 450.5)
    #expect(scenario.pools[0].replica.operatingPoint == point)
    #expect(scenario.operatingPoints == ["pool small: clock 1200 MHz, cap 450.5 W"])
    #expect(try changed().operatingPoints == [])
    #expect(try changed().pools[0].replica.operatingPoint == .asShipped)
  }

  @Test func `a policy's cap takes the place of the pools' and leaves their clock`() throws {
    let scenario = try changed(
      (pool, "replicas: 2\n      clock_mhz: 1200\n      cap_w: 600\n"),
      ("policies:\n", "policies:\n  - {name: capped, choose: {arm: direct}, cap_w: 300}\n"))
    let policy = scenario.policies[0]
    let pools = try #require(policy.pools)
    #expect(
      pools.allSatisfy { $0.replica.operatingPoint.capWatts == 300 })
    #expect(pools[0].replica.operatingPoint.clockMegahertz == 1200)
    #expect(scenario.operatingPoints.first == "pool small: clock 1200 MHz, cap 600 W")
    #expect(
      scenario.operatingPoints.contains("policy capped, pool small: clock 1200 MHz, cap 300 W"))
    #expect(scenario.warnings.contains { $0.contains("cap 300 W, its answer fitted on") })
  }

  @Test(arguments: [
    ("clock_mhz: 100", "clock_mhz is 100 in fleet.pools[0]; expected a number ≥ 345 and ≤ 1980"),
    ("clock_mhz: 2000", "clock_mhz is 2000 in fleet.pools[0]; expected a number ≥ 345 and ≤ 1980"),
    ("cap_w: 199", "cap_w is 199 in fleet.pools[0]; expected a number ≥ 200 and ≤ 700"),
    ("cap_w: off", "cap_w is \"off\" in fleet.pools[0]; expected a number ≥ 200 and ≤ 700"),
    ("cap: 300", "unknown key \"cap\""),
    ("clock_mzh: 900", "did you mean \"clock_mhz\""),
  ])
  func `what the driver would refuse is one clear error`(line: String, message: String) {
    let error = #expect(throws: InputError.self) {
      try changed((pool, "replicas: 2\n      \(line)\n"))
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.hasPrefix("s.yaml:"), "\(text)")
    #expect(text.contains(message), "\(text)")
  }

  // MARK: Nodes that differ

  private func factors(_ line: String, _ changes: (String, String)...) throws -> [PowerFactor] {
    var text = validText
    for (old, new) in changes + [("fleet:\n", "fleet:\n\(line)")] {
      text = text.replacing(old, with: new, maxReplacements: 1)
    }
    let scenario = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    return try scenario.prepare(policy: 0).fleet.pools[0].powerFactors
  }

  @Test func `without a word all nodes draw alike`() throws {
    #expect(try factors("") == [])
    #expect(try factors("  power_spread: 0\n") == [])
  }

  @Test func `nodes draw a factor of their own, with mean 1 and the spread asked for`() throws {
    let line = "  power_spread: 0.05\n"
    let all = try factors(line, (pool, "replicas: 16000\n"))
    // Eight GPUs a node: eight replicas of one GPU share a factor.
    let nodes = stride(from: 0, to: all.count, by: 8).map { all[$0] }
    for (index, factor) in all.enumerated() { #expect(factor == nodes[index / 8]) }
    let values = nodes.map(\.value)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    // Standard errors over 2,000 nodes: 0.05/√2000 = 0.0011 and 0.05/√4000 = 0.0008.
    #expect(abs(mean - 1) < 0.004)
    #expect(abs(variance.squareRoot() - 0.05) < 0.003)
    // The same seed gives the same nodes, however many there are.
    #expect(try factors(line, (pool, "replicas: 24\n")) == Array(all.prefix(24)))
  }
}
