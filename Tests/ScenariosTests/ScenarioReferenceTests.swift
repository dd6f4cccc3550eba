import AnswerModels
import Foundation
import TestSupport
import Testing

@testable import Scenarios

/// docs/scenario-reference.md against the readers: what a reader takes is what an unknown key's
/// error lists, so no list has to be kept twice.
struct ScenarioReferenceTests {
  private static let calibration = SharedData.packageRoot.appending(path: "calibration")

  private static let synthetic = """
    seed: 7
    workload:
      duration: 5 s
      arrivals: {process: poisson, rate: 2}
      tasks: [{task: mmlu, share: 1, difficulty: {beta: [1, 1]}}]
    fleet:
      pools: [{name: small, model: qwen2.5-7b, gpu: h100-sxm, replicas: 1, engine: {block_size: 16}}]
    arms:
      - {name: direct, model: qwen2.5-7b, strategy: direct}
    policies:
      - name: one
        choose: {threshold: difficulty, at: 0.5, below: direct, above: direct, estimator: {auc: 0.7}}
    objectives:
      slo: {ttft_ms: 100}
      prices: {currency: USD}
      grid: {carbon_g_per_kwh: 1, source: a test}
    measurement: {series_interval: 1 s}

    """

  private static let sessions = [
    ScenarioSetting(
      path: "workload.arrivals",
      value: "{process: sessions, rate: 1, turns: 2, think_time: 5 s}"),
    ScenarioSetting(path: "workload.tasks", value: "[{name: a, prompt: 10, output: 5}]"),
  ]

  /// The keys that the mapping at a path takes.
  private static func keys(at path: String, _ settings: [ScenarioSetting] = []) throws -> [String] {
    let unknown = ScenarioSetting(
      path: (path.isEmpty ? "" : path + ".") + "qqqqqqqqqqqq", value: "1")
    let text = try ScenarioVariant.text(
      of: synthetic, file: "s.yaml", settings: settings + [unknown])
    let catalog = try Catalog.load(path: calibration.path)
    let error = try #require(throws: InputError.self) {
      try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    }
    let expectation = try #require(error.expectation, "\(error)")
    #expect(error.problem.contains("qqqqqqqqqqqq"), "\(error)")
    return expectation.replacing("one of ", with: "").components(separatedBy: ", ")
  }

  private static let places: [(path: String, settings: [ScenarioSetting])] =
    [
      "", "workload", "workload.arrivals", "workload.tasks.0", "fleet", "fleet.pools.0",
      "fleet.pools.0.engine", "arms.0", "policies.0", "policies.0.choose",
      "policies.0.choose.estimator", "objectives", "objectives.slo", "objectives.prices",
      "objectives.grid", "measurement",
    ].map { ($0, []) } + [("workload.arrivals", sessions), ("workload.tasks.0", sessions)]

  @Test func `every key that a reader takes is in the reference`() throws {
    let page = try String(
      contentsOf: SharedData.packageRoot.appending(path: "docs/scenario-reference.md"),
      encoding: .utf8)
    for (path, settings) in Self.places {
      for key in try Self.keys(at: path, settings) {
        let isThere =
          page.contains("`\(key)`") || page.contains("\(key): ") || page.contains("`\(key),")
        #expect(isThere, "\(key) of \(path.isEmpty ? "the top level" : path)")
      }
    }
  }

  @Test func `every key that a table of the reference lists is one that a reader takes`() throws {
    let page = try String(
      contentsOf: SharedData.packageRoot.appending(path: "docs/scenario-reference.md"),
      encoding: .utf8)
    var known = Set(QuickScenario.keyNames)
    for (path, settings) in Self.places { known.formUnion(try Self.keys(at: path, settings)) }
    // The section on arms has a table of strategies too.
    known.formUnion(Strategy.forms.map(\.name))
    // Keys of traces are read with the trace, and those of distributions where they stand.
    for section in page.components(separatedBy: "\n## ")
    where ["fleet`", "objectives`", "measurement`", "arms`"].contains(where: {
      section.hasPrefix("`" + $0)
    }) {
      for line in section.split(separator: "\n") where line.hasPrefix("| `") {
        let cell = line.dropFirst(2).prefix { $0 != "|" }
        for name in cell.matches(of: /`([a-z_0-9]+)`/).map(\.output.1) {
          #expect(known.contains(String(name)), "\(name)")
        }
      }
    }
  }
}
