import Foundation
import Planning
import Scenarios
import TestSupport
import Testing

@testable import Reports

/// A plan small enough for a debug build, and its page.
enum PlanFixture {
  static let text = """
    question: Which <fleet> & how many?
    seed: 3
    workload:
      daily_profile: [\(Array(repeating: "0.5", count: 23).joined(separator: ", ")), 1]
      arrivals: {process: poisson, rate: 40}
      tasks: [{name: chat, prompt: 300, output: {exponential: {mean: 60}}}]
    fleet: {node: hgx-8, facility: industry-average}
    objectives: {slo: {tpot_ms: 9, ttft_ms: 300}}
    plan:
      attainment: 0.9
      candidates:
        - {model: qwen2.5-7b, gpu: h100-sxm, cap_w: [500, 700]}
        - {model: qwen2.5-7b, gpu: l40s}
      spare_replicas: 1
      in_place: {model: qwen2.5-7b, gpu: h100-sxm, replicas: 6}
      prices: owned-us
      grid: nl

    """

  static func plan() async throws -> FleetPlan {
    let folder = SharedData.packageRoot.appending(path: "calibration").path
    let catalog = try Catalog.load(path: folder)
    var budget = TrialBudget()
    (budget.pilotQueries, budget.trialRequests, budget.leastSeconds) = (200, 300, 5)
    let settings = Planner.Settings(threadLimit: 4, replications: 2, budget: budget)
    let question = try PlanReader(text: text, file: "help-desk.yaml", catalog: catalog).read()
    return try await Planner(question, catalog: catalog, settings: settings, version: "1").plan()
  }
}

struct PlanPageTests {
  @Test func `the verdict stands before what it stands on, and the commands can be copied`()
    async throws
  {
    let plan = try await PlanFixture.plan()
    let chosen = try #require(plan.chosen)
    let html = try PlanPage(plan, vegaBundle: "/* bundle */").text()
    let places = try [
      "class=\"headline\"", "class=\"facts\"", "class=\"verdict\"", "What binds",
      "id=\"tried-fleets\"", "id=\"headroom\"", "id=\"hourly-carbon\"", "id=\"serve-0\"",
      ">Candidates<", "Prices: ",
    ].map { try #require(html.range(of: $0), "\($0)").lowerBound }
    #expect(places == places.sorted())
    #expect(
      html.contains("<code>nvidia-smi --power-limit")
        == (chosen.fleet.family.pools[0].capWatts != nil))
    #expect(html.contains(HTMLText.verbatim(chosen.serveCommands[0])))
    #expect(html.contains("data-copy=\"serve-0\""))
    #expect(html.contains("Which &lt;fleet&gt; &amp; how many?") && !html.contains("<fleet>"))
    #expect(html.contains("one less, \(chosen.fleet.replicas[0] - 2)"))
    #expect(html.contains("in place, 6"))
    // A mark for each fleet tried, and one ring.
    let chart = try #require(Chart.triedFleets(plan))
    let marks = try chart.specification.inlineScriptText()
    #expect(marks.components(separatedBy: "\"trials\":").count - 1 == plan.tried.count)
  }

  @Test func `the summary holds every fleet that was tried`() async throws {
    let plan = try await PlanFixture.plan()
    let object = try JSONSerialization.jsonObject(with: try PlanSummary(plan).encoded())
    let summary = try #require(object as? [String: Any])
    let tried = try #require(summary["tried"] as? [[String: Any]])
    #expect(tried.count == plan.tried.count && !tried.isEmpty)
    #expect(summary["unit"] as? String == "kWh a month")
    for (entry, fleet) in zip(tried, plan.tried) {
      #expect(entry["replicas"] as? [Int] == fleet.fleet.replicas)
      // JSON goes through decimals.
      let share = try #require(entry["mean_attainment"] as? Double)
      #expect(abs(share - fleet.attainment) < 1e-12)
      let month = try #require(entry["peak_month"] as? Double)
      #expect(abs(month / (fleet.peakMonth ?? 0) - 1) < 1e-12)
    }
    #expect(plan.warnings.filter { $0.hasPrefix("the servers of h100-sxm, l40s") }.count == 1)
  }

  @Test func `headroom is one thing: what is left of what the fleet bears`() async throws {
    var plan = try await PlanFixture.plan()
    plan.chosen?.capacityFactor = 1.25
    let html = try PlanPage(plan, vegaBundle: "/* bundle */").text()
    #expect(html.contains("headroom at the peak"))
    #expect(abs(PlanFigure.headroom(1.25) - 0.2) < 1e-12)
    // The busiest hour of the chart asks for the rest.
    let chart = try #require(try Chart.headroom(plan)?.specification.inlineScriptText())
    #expect(chart.contains("{\"hour\":23,\"load\":0.8}"))
  }

  @Test func `a plan that nothing meets says so, without an empty chart`() async throws {
    var plan = try await PlanFixture.plan()
    plan.chosen = nil
    plan.tried = []
    let html = try PlanPage(plan, vegaBundle: "/* bundle */").text()
    #expect(html.contains("<p class=\"headline\">No candidate does what is asked.</p>"))
    #expect(!html.contains("<figure") && html.contains(">Candidates<"))
  }
}
