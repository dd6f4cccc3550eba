import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Planning

struct PlanReaderTests {
  @Test func `every combination of what a candidate lists is a family`() throws {
    let text = Fixtures.text(
      candidates: """
        [{model: [a, b], gpu: [x, y], strategy: [direct, chain-of-thought], cap_w: [300, 400]}, \
        {model: a, gpu: x, cap_w: 300}, {model: c, gpu: x, tensor_parallel_size: [1, 2]}]
        """)
    let families = try Fixtures.question(text).families
    // The second entry is among the first one's already.
    #expect(families.count == 2 * 2 * 2 * 2 + 2)
    #expect(families[0].title == "a direct on x at 300 W")
    #expect(families.last?.title == "c direct on x × 2")
  }

  @Test func `a mix has two arms, which share a pool where they can`() throws {
    let mix = """
      {mix: {threshold: difficulty, at: 0.5, estimator: {oracle: true}}, \
      below: {model: a, gpu: x, strategy: direct, engine: {max_num_seqs: 8}}, \
      above: {model: a, gpu: x, strategy: chain-of-thought, engine: {max_num_seqs: 8}}}
      """
    let families = try Fixtures.question(Fixtures.text(candidates: "[\(mix)]")).families
    #expect(families.count == 1)
    #expect(families[0].arms.map(\.strategy) == ["direct", "chain-of-thought"])
    #expect(families[0].pools.count == 1)
    #expect(families[0].pools[0].engine.contains("max_num_seqs: 8"))
    #expect(families[0].choice.contains("threshold: difficulty"))
  }

  @Test func `growth and the day make the peak`() throws {
    let day = "daily_profile: [\((0..<24).map { $0 == 12 ? "2" : "0.5" }.joined(separator: ", "))]"
    let text = Fixtures.text(more: "  growth: 1.5")
      .replacing("workload:\n", with: "workload:\n  \(day)\n")
    let demand = try Fixtures.question(text).demand
    #expect(demand.peakFactor == 3)
    #expect(demand.factorByHour[0] == 0.75)
    #expect(demand.rate == 40)
  }

  @Test(
    "what is wrong with a plan is said",
    arguments: [
      ("  minimize: cost", "prices"), ("  minimize: carbon", "grid"),
      ("  prices: owned-uk", "owned-us"), ("  speed: 3", "speed"), ("  accuracy: 1.5", "1.5"),
      ("  in_place: {model: [a, b], gpu: x, replicas: 1}", "in_place"),
      ("arms: []", "arms"),
    ])
  func wrong(_ more: String, _ word: String) throws {
    let error = try #require(throws: InputError.self) {
      try Fixtures.question(Fixtures.text(more: more))
    }
    #expect("\(error)".contains(word), "\(error)")
  }

  @Test func `a closed loop is no demand`() throws {
    let text = Fixtures.text().replacing(
      "{process: poisson, rate: 40.0}", with: "{process: closed-loop, concurrency: 4}")
    #expect(throws: InputError.self) { try Fixtures.question(text) }
  }

  @Test func `a quick line stands for a plan file`() throws {
    let text = try PlanQuickLine.text(
      of: "model=a+b,gpu=x,rate=5,prompt=exp:100,output=20,tpot-ms=30,growth=2,spare=1")
    let question = try Fixtures.question(text)
    #expect(question.families.map(\.title) == ["a direct on x", "b direct on x"])
    #expect(question.demand.peakFactor == 2)
    #expect(question.limits.spareReplicas == 1)
    #expect(throws: InputError.self) { try PlanQuickLine.text(of: "model=a,gpu=x,rats=5") }
  }

  @Test func `a quick line says what one owns`() throws {
    let text = try PlanQuickLine.text(
      of: "model=a,gpu=h100-sxm+l40s,inventory=h100-sxm:8+l40s:3x4,rate=5,prompt=9,output=2,"
        + "tpot-ms=30")
    let stock = try #require(try Fixtures.question(text).limits.inventory)
    #expect(stock["h100-sxm"] == PlanLimits.NodeStock(nodes: 1, gpusPerNode: 8))
    #expect(stock["l40s"] == PlanLimits.NodeStock(nodes: 3, gpusPerNode: 4))
    for wrong in ["h100-sxm", "h100-sxm:", "h100-sxm:0", "h100-sxm:2x", "h100-sxm:-8"] {
      let error = #expect(throws: InputError.self) {
        try PlanQuickLine.text(
          of: "model=a,gpu=h100-sxm,inventory=\(wrong),rate=5,prompt=9,output=2,tpot-ms=30")
      }
      #expect(error?.description.contains("inventory is \"\(wrong)\"") == true, "\(wrong)")
    }
  }

  @Test func `a GPU has one name, however it is written`() throws {
    let question = try Fixtures.question(
      Fixtures.text(
        candidates: "[{model: qwen2.5-7b, gpu: H100-SXM}]",
        more: "  inventory: {NVIDIA L40S: {nodes: 2}}"))
    #expect(question.families[0].pools[0].gpu == "h100-sxm")
    #expect(question.limits.inventory?.keys.sorted() == ["l40s"])
  }

  @Test func `an inventory of a GPU that nobody knows is an error at its place`() throws {
    let error = #expect(throws: InputError.self) {
      try Fixtures.question(Fixtures.text(more: "  inventory: {h1o0-sxm: {nodes: 2}}"))
    }
    #expect(error?.line == 10)
    #expect(error?.suggestion == "h100-sxm")
  }

  @Test func `a GPU that the inventory has twice is an error at its place`() throws {
    let error = #expect(throws: InputError.self) {
      try Fixtures.question(
        Fixtures.text(more: "  inventory: {h100-sxm: {nodes: 2}, H100-SXM: {nodes: 1}}"))
    }
    #expect(error?.line == 10)
    #expect(error?.problem == "H100-SXM is h100-sxm, which the inventory has already")
    for twice in ["h100-sxm:8+h100-sxm:4", "h100-sxm:8+H100-SXM:4"] {
      let error = #expect(throws: InputError.self) {
        try Fixtures.question(
          try PlanQuickLine.text(
            of: "model=a,gpu=h100-sxm,inventory=\(twice),rate=5,prompt=9,output=2,tpot-ms=30"))
      }
      #expect(error?.expectation == "every GPU once", "\(twice)")
    }
  }

  @Test func `the least cost needs every price, and nothing else does`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(
      """
      {name: mine, title: Mine, currency: EUR,
        gpus: {h100-sxm: {hour: {value: 2, unit: EUR/h, source: "a test"}}}}
      """.utf8
    ).write(to: file)
    let text = Fixtures.text(
      candidates: "[{model: qwen2.5-7b, gpu: [h100-sxm, l40s]}]", more: "  prices: \(file.path)")
    let error = #expect(throws: InputError.self) { try Fixtures.question(text, goal: .cost) }
    #expect(error?.line == 10)
    #expect(error?.problem.contains("the prices mine name no l40s") == true)
    let question = try Fixtures.question(text)
    let warnings = PlanWarnings(question: question, node: nil).all(trial: ["a"])
    #expect(warnings.count == 2 && warnings[0] == "a")
    #expect(warnings[1].hasPrefix("the prices mine name no l40s"))
  }

  @Test(
    "the shipped sheets can be read", arguments: ["prices", "grids"])
  func sheets(_ kind: String) throws {
    let folder = Fixtures.folder.appending(path: kind)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.isEmpty)
    for name in names {
      let path = folder.appending(path: name).path
      if kind == "prices" {
        let sheet = try PriceSheet.read(path: path)
        #expect(try #require(sheet.monthly(["h100-sxm": 2])) > 0)
        #expect("\(sheet.name).yaml" == name)
      } else {
        let sheet = try GridSheet.read(path: path)
        #expect((1...1000).contains(sheet.mean))
        #expect("\(sheet.name).yaml" == name)
      }
    }
  }

  @Test func `rent and the price of power are not paid together`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = """
      name: twice
      title: Twice
      currency: USD
      electricity: {value: 0.1, unit: USD/kWh, source: "a test"}
      gpus:
        x: {hour: {value: 2, unit: USD/h, source: "a test"}}
      """
    try Data(text.utf8).write(to: file)
    #expect(throws: InputError.self) { try PriceSheet.read(path: file.path) }
  }
}
