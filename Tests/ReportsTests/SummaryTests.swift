import FleetEngine
import Foundation
import Scenarios
import Studies
import Testing

@testable import Reports

@Suite struct SummaryTests {
  private func object(_ summary: StudySummary) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: summary.encoded())
    return try #require(value as? [String: Any])
  }

  private func policy(_ name: String, in object: [String: Any]) throws -> [String: Any] {
    let policies = try #require(object["policies"] as? [String: Any])
    return try #require(policies[name] as? [String: Any])
  }

  @Test func `the summary has exactly the documented keys`() throws {
    let summary = StudySummary(smallStudy(), comparison: nil, withTiming: false)
    let top = try object(summary)
    #expect(
      top.keys.sorted() == [
        "calibration_sha256", "policies", "scenario", "scenario_sha256", "schema_version", "seed",
        "version", "warnings",
      ])
    let small = try policy("small", in: top)
    #expect(
      small.keys.sorted() == [
        "accuracy", "carbon_g", "cost", "currency", "energy_j", "energy_per_correct_j",
        "energy_per_output_token_j", "energy_per_request_j", "energy_scope", "evictions",
        "goodput_rps", "gpus",
        "latency_ms", "mean_batch", "output_tokens_per_s", "power_w", "preemptions", "requests",
        "simulated_s", "slo_attainment", "tokens", "window_s", "window_start_s",
      ])
    func keys(_ name: String) -> [String] {
      (small[name] as? [String: Any])?.keys.sorted() ?? []
    }
    #expect(
      keys("requests") == ["arrived", "cancelled", "completed", "failed", "rejected", "timed_out"])
    #expect(keys("tokens") == ["cached_prompt", "output", "prompt", "reasoning", "recomputed"])
    #expect(
      keys("energy_j") == [
        "attributed", "decode", "facility", "given_up", "gpu", "idle", "integral", "node",
        "prefill",
      ])
    #expect(keys("accuracy") == ["by_task", "ci95", "mean"])
    #expect(keys("latency_ms") == ["answer", "e2e", "itl", "queueing", "tpot", "ttft"])
    #expect(keys("power_w") == ["mean", "p99", "peak"])
  }

  @Test func `figures stand in the units that their keys name`() throws {
    let summary = StudySummary(smallStudy(), comparison: nil, withTiming: false)
    let small = try #require(summary.policies["small"])
    #expect(small.energy.gpu == 1000)
    #expect(small.energy.node == 1000 * 1.5 + 2 * 50 * 10)
    #expect(small.energy.facility == small.energy.node * 1.25)
    #expect(small.energyPerRequest.value == 100)
    #expect(small.energyPerCorrect.value == 250)
    #expect(small.latency.ttft.p50.value.map { abs($0 - 50) < 0.05 } == true)
    #expect(small.latency.e2e.mean.value == 5500)
    #expect(small.power.mean.value == 100)
    #expect(small.power.peak.value == 100)
    #expect(small.accuracy.mean.value == 0.5)
    #expect(small.accuracy.byTask["math"]?.mean.value == 0.5)
  }

  @Test func `money carries its currency, and lost work is counted`() throws {
    var study = smallStudy()
    study.context.prices = PriceList(
      currency: "EUR", electricityPerKilowattHour: 0, gpuHour: 18)
    study.runs[0].result.tokens.recomputed = 77
    study.runs[0].result.preemptions = 3
    let small = try policy(
      "small", in: object(StudySummary(study, comparison: nil, withTiming: false)))
    // Two GPUs for ten seconds.
    #expect(abs((small["cost"] as? Double ?? 0) - 0.1) < 1e-12)
    #expect(small["currency"] as? String == "EUR")
    #expect(small["preemptions"] as? Int == 3)
    #expect((small["tokens"] as? [String: Any])?["recomputed"] as? Int == 77)
  }

  @Test func `what is undefined is an explicit null`() throws {
    let top = try object(StudySummary(smallStudy(), comparison: nil, withTiming: false))
    let small = try policy("small", in: top)
    #expect(small["cost"] is NSNull)
    #expect(small["currency"] is NSNull)
    #expect(small["carbon_g"] is NSNull)
    let latency = try #require(small["latency_ms"] as? [String: Any])
    let itl = try #require(latency["itl"] as? [String: Any])
    #expect(itl.keys.count == 5 && itl.values.allSatisfy { $0 is NSNull })
    let byTask = try #require((small["accuracy"] as? [String: Any])?["by_task"] as? [String: Any])
    #expect((byTask["recall"] as? [String: Any])?["mean"] is NSNull)
  }

  @Test func `a run of nothing is still a summary without NaN`() throws {
    let study = StudyResult(
      context: context(), runs: [PolicyRun(name: "p", fleet: fleet(), result: .init())])
    let data = try StudySummary(
      study, comparison: PolicyComparison(study), withTiming: true
    ).encoded()
    let text = String(decoding: data, as: UTF8.self).lowercased()
    #expect(!text.contains("nan") && !text.contains("inf"))
    #expect(try JSONDecoder().decode(StudySummary.self, from: data).policies.count == 1)
  }

  @Test func `timing is left out unless asked for`() throws {
    let silent = StudySummary(smallStudy(), comparison: nil, withTiming: false)
    let timed = StudySummary(smallStudy(), comparison: nil, withTiming: true)
    let without = try policy("small", in: object(silent))
    let with = try policy("small", in: object(timed))
    #expect(without["wall_s"] == nil && without["cpu_s"] == nil)
    #expect(with["wall_s"] as? Double == 0.5 && with["cpu_s"] as? Double == 0.25)
  }

  @Test func `bytes are stable and come back as the same summary`() throws {
    let study = smallStudy()
    let first = StudySummary(study, comparison: PolicyComparison(study), withTiming: false)
    let again = StudySummary(study, comparison: PolicyComparison(study), withTiming: false)
    #expect(try first.encoded() == again.encoded())
    let decoded = try JSONDecoder().decode(StudySummary.self, from: first.encoded())
    #expect(decoded == first)
    #expect(try first.encoded().last == UInt8(ascii: "\n"))
  }

  @Test func `a comparison adds pairs, the front and energy at equal accuracy`() throws {
    let study = smallStudy()
    let top = try object(
      StudySummary(study, comparison: PolicyComparison(study), withTiming: false))
    let paired = try #require(top["paired"] as? [[String: Any]])
    #expect(paired.count == 3 * PairedMetric.allCases.count)
    #expect(
      paired[0].keys.sorted() == [
        "a", "b", "ci95", "ci95_by_source", "clear", "difference", "metric", "p_holm",
      ])
    let sources = try #require(paired[0]["ci95_by_source"] as? [String: Any])
    #expect(sources["replications"] is NSNull && sources["calibration"] is NSNull)
    #expect((sources["questions"] as? [Double])?.count == 2)
    #expect(paired[0]["a"] as? String == "large")
    #expect(paired[0]["b"] as? String == "small")
    #expect(paired[0]["metric"] as? String == "energy_per_request_j")
    #expect((paired[0]["difference"] as? Double).map { abs($0 - 300) < 1e-9 } == true)
    #expect((paired[0]["ci95"] as? [Double])?.count == 2)
    #expect(top["pareto"] as? [String] == ["small", "vote"])
    let levels = try #require(top["energy_at_equal_accuracy"] as? [[String: Any]])
    #expect(levels.map { $0["policy"] as? String } == ["small", "large", "vote"])
    let energies = try #require(levels[0]["energy_per_request_j"] as? [String: Any])
    #expect(energies["scaling"] as? Double == 100)
    #expect(energies["voting"] is NSNull)
  }
}
