import Foundation
import TestSupport
import Testing

@testable import Scenarios
@testable import Studies

/// A closed loop of one, so that every figure can be told beforehand.
private func paper(_ claims: String) throws -> Scenario {
  let text = """
    seed: 1
    workload:
      requests: 60
      arrivals: {process: closed-loop, concurrency: 1}
      tasks:
        - {name: brief, prompt: 100, output: 10}
        - {name: long, prompt: 100, output: 30}
    fleet:
      pools: [{name: a, model: qwen2.5-7b, gpu: h100-sxm, replicas: 1}]
    arms: [{name: a, model: qwen2.5-7b, strategy: direct}]
    policies:
      - {name: free, choose: {arm: a}}
      - {name: slow, choose: {arm: a}, clock_mhz: 800}
    expectations:
      source: a paper
      claims:
    \(claims)
    """
  let calibration = SharedData.packageRoot.appending(path: "calibration").path
  return try Scenario.parse(
    text: text, file: "paper.yaml", catalog: Catalog.load(path: calibration))
}

private func verdicts(_ claims: String) async throws -> [ClaimVerdict] {
  try await Reproduction.run([paper(claims)], version: "test", threads: 2).verdicts
}

struct ReproductionTests {
  @Test func `claims pass, fail, are explained, are inputs, or are not run`() async throws {
    let length = "type: identity, quantity: output_tokens, of: {task: long}"
    let verdicts = try await verdicts(
      """
          - {claim: right, \(length), expect: 30, accept: {absolute: 0.001}}
          - {claim: wrong, \(length), expect: 40, accept: {share: 0.2}}
          - {claim: excused, \(length), expect: 40, accept: {share: 0.2}, explained: short paper}
          - {claim: given, \(length), expect: 40, input: taken from it}
          - {claim: absent, type: trend, not_run: no such thing}
      """)
    #expect(verdicts.map(\.outcome) == [.pass, .fail, .explained, .input, .notRun])
    #expect(verdicts.map(\.simulated) == [[30], [30], [30], [30], []])
    #expect(
      verdicts.map(\.reason) == [
        nil, "outside what is accepted", "short paper", "taken from it", "no such thing",
      ])
    #expect(verdicts.allSatisfy { $0.claim.id == "paper" })
  }

  @Test func `figures are told by task, by policy, and as quotients and differences`() async throws
  {
    let verdicts = try await verdicts(
      """
          - {claim: ratio, type: identity, quantity: output_tokens, of: {task: long}, \
      to: {task: brief}, expect: 3, accept: {absolute: 0.001}}
          - {claim: gap, type: identity, quantity: output_tokens, of: {task: long}, \
      minus: {task: brief}, expect: 20, accept: {absolute: 0.001}}
          - {claim: mixed, type: identity, quantity: prompt_tokens, of: {policy: slow}, \
      expect: 100, accept: {absolute: 0.001}}
          - {claim: clock, type: trend, quantity: e2e_s, of: [{policy: free}, {policy: slow}], \
      is: rising}
          - {claim: backwards, type: trend, quantity: e2e_s, \
      of: [{policy: free}, {policy: slow}], is: falling}
      """)
    #expect(verdicts.map(\.outcome) == [.pass, .pass, .pass, .pass, .fail])
    let shape = verdicts[3].simulated
    #expect(shape.count == 2 && shape[0] < shape[1])
  }

  @Test func `whole figures are those of the run's summary`() async throws {
    let scenario = try paper(
      """
          - {claim: a, type: identity, quantity: energy_per_output_token_j, of: {policy: slow}, \
      expect: 1, accept: {share: 9}}
          - {claim: b, type: identity, quantity: power_per_gpu_w, of: {policy: slow}, expect: 1, \
      accept: {share: 999}}
      """)
    let verdicts = try await Reproduction.run([scenario], version: "test", threads: 1).verdicts
    let run = try await RunExecutor(threadLimit: 1).execute([scenario.prepare(policy: 1)])[0]
    let figures = PolicyFigures(run, in: StudyContext(scenario, version: "test"))
    #expect(verdicts[0].simulated == [try #require(figures.energyPerOutputToken)])
    #expect(verdicts[1].simulated == [try #require(figures.meanPower)])
  }

  @Test(
    "shapes are what they are called",
    arguments: [
      (Claim.Shape.rising, [1.0, 2, 3], true), (.rising, [1, 2, 2], false),
      (.falling, [3, 2, 1], true), (.falling, [3, 1, 2], false),
      (.hasMinimum, [3, 1, 2], true), (.hasMinimum, [1, 2, 3], false),
      (.hasMinimum, [3, 1, 2, 1, 2], false), (.hasMaximum, [1, 3, 2], true),
      (.concave, [0, 5, 8, 9], true), (.concave, [0, 1, 3, 4], false),
    ])
  func shape(_ shape: Claim.Shape, _ values: [Double], _ holds: Bool) {
    let places = values.indices.map(Double.init)
    #expect(shape.holds(values, over: places) == holds)
  }

  @Test func `a tolerance is a share of either end, an amount, or a range of its own`() {
    let expected = ExpectedFigure(range: 100...200)
    #expect(Tolerance.share(0.1).accepted(expected) == 90...220)
    #expect(Tolerance.absolute(5).accepted(expected) == 95...205)
    #expect(Tolerance.within(1...2).accepted(expected) == 1...2)
    #expect(!Tolerance.absolute(5).accepts(94.9, expected))
  }

  @Test func `a claim that holds in the mean of nothing fails`() async throws {
    let verdicts = try await verdicts(
      """
          - {claim: unjudged, type: trend, quantity: accuracy, of: {}, expect: 0.5, \
      accept: {absolute: 1}}
      """)
    #expect(verdicts.map(\.outcome) == [.fail])
    #expect(verdicts[0].reason == "the runs gave no such figure")
  }
}
