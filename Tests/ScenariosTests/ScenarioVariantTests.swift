import AnswerModels
import FleetEngine
import Foundation
import TestSupport
import Testing

@testable import Scenarios

struct ScenarioVariantTests {
  private static let text = """
    question: "1"   # quoted: a text
    seed: 7
    fleet:
      pools:
        - {name: chat-2.5, model: m, replicas: 2}
        - {name: code, model: n, replicas: 1, engine: {max_num_seqs: 8}}
    workload: {tasks: [{task: mmlu, share: 0.5}]}

    """

  private func variant(_ settings: (String, String)...) throws -> String {
    try ScenarioVariant.text(
      of: Self.text, file: "s.yaml",
      settings: settings.map { ScenarioSetting(path: $0.0, value: $0.1) })
  }

  @Test(
    "a value is set where its path leads, by position and by name",
    arguments: [
      "fleet.pools.0.replicas", "fleet.pools.chat-2.5.replicas", "fleet.pools[0].replicas",
    ])
  func path(_ path: String) throws {
    let text = try variant((path, "17"))
    #expect(try ScenarioVariant.value(at: "fleet.pools[0].replicas", in: text, file: "") == "17")
    #expect(try ScenarioVariant.value(at: "fleet.pools.1.replicas", in: text, file: "") == "1")
  }

  @Test func `keys that are not there are added, with what lies between`() throws {
    let text = try variant(
      ("fleet.pools.chat-2.5.engine.block_size", "32"), ("workload.tasks.mmlu.share", "1"),
      ("objectives", "{slo: {ttft_ms: 200}}"))
    func value(_ path: String) throws -> String? {
      try ScenarioVariant.value(at: path, in: text, file: "")
    }
    #expect(try value("fleet.pools.0.engine.block_size") == "32")
    #expect(try value("fleet.pools.code.engine.max_num_seqs") == "8")
    #expect(try value("workload.tasks.0.share") == "1")
    #expect(try value("objectives.slo.ttft_ms") == "200")
    #expect(try value("objectives.slo.e2e_ms") == nil)
  }

  @Test func `a text stays a text and a number a number`() throws {
    let text = try variant(("seed", "8"))
    try YAMLDocument.read(text: text, file: "s.yaml") { yaml in
      let question = try yaml["question"].string()
      #expect(question == "1")
      #expect(throws: InputError.self) { try yaml["question"].int(in: 0...9) }
      let seed = try yaml["seed"].unsigned()
      #expect(seed == 8)
      _ = (yaml.optional("fleet"), yaml.optional("workload"))
    }
  }

  @Test(
    "a path that leads nowhere is an error",
    arguments: ["seed.x", "fleet.pools.caht.replicas", "fleet.pools.7.replicas", "a..b", ""])
  func nowhere(_ path: String) {
    #expect(throws: InputError.self) { try variant((path, "1")) }
  }

  @Test(
    "the shipped scenarios stay what they are",
    arguments: ["quickstart", "assistant-sessions", "impatient-rush"])
  func shipped(_ name: String) throws {
    let url = SharedData.packageRoot.appending(path: "scenarios/\(name).yaml")
    let text = try String(contentsOf: url, encoding: .utf8)
    let again = try ScenarioVariant.text(
      of: text, file: name, settings: [ScenarioSetting(path: "seed", value: "5")])
    let catalog = try Catalog.load(path: SharedData.packageRoot.appending(path: "calibration").path)
    let before = try Scenario.parse(text: text, file: name, catalog: catalog, seed: 5)
    let after = try Scenario.parse(text: again, file: name, catalog: catalog)
    #expect(before.question == after.question)
    #expect(before.pools.map(\.limits) == after.pools.map(\.limits))
    #expect(before.arms == after.arms)
    #expect(before.objective == after.objective)
    #expect(after.seed == 5)
  }
}
