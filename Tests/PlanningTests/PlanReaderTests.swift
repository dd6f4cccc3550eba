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
        #expect(try sheet.monthly(["h100-sxm": 2]) > 0)
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
