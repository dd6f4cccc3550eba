import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Studies

@Suite struct MixableArmsTests {
  @Test func `declared arms stand in for the others only as far as a coin may choose among them`()
    throws
  {
    func standIns(_ policies: [String]) throws -> Set<String> {
      let text = """
        seed: 1
        workload: {requests: 10, arrivals: {process: poisson, rate: 1}, tasks: [{task: gsm8k}]}
        fleet: {pools: [{name: p, model: qwen2.5-7b, gpu: h100-sxm, replicas: 2}]}
        arms:
          - {name: short, model: qwen2.5-7b, strategy: direct}
          - {name: long, model: qwen2.5-7b, strategy: chain-of-thought}
        policies:
        \(policies.map { "  - {\($0)}" }.joined(separator: "\n"))

        """
      let scenario = try Scenario.parse(
        text: text, file: "mixable.yaml",
        catalog: try Catalog.load(
          path: SharedData.packageRoot.appending(path: "calibration").path))
      return StudyContext(scenario, version: "0").declaredFixedArms
    }
    let packed = [
      "name: packed, choose: {arm: short}, route: {by: energy-consolidate, fill: 0.5}",
      "name: packed-too, choose: {arm: long}, route: {by: energy-consolidate, fill: 0.5}",
    ]
    #expect(try standIns(packed) == ["packed", "packed-too"])
    let plain = [
      "name: slow, choose: {arm: long}, clock_mhz: 1200",
      "name: capped, choose: {arm: long}, cap_w: 400",
      "name: x, choose: {arm: short}", "name: coin, choose: {mix: {short: 0.5, long: 0.5}}",
      "name: y, choose: {arm: long}", "name: idle, choose: {arm: long}, deploy: all",
    ]
    #expect(try standIns(packed + plain) == ["x", "y"])
    #expect(try standIns(Array(plain.prefix(2))).isEmpty)
  }
}
