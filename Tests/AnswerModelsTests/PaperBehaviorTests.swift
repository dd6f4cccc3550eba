import NumericalMethods
import Testing

@testable import AnswerModels

/// What published runs show, out of the shipped sheets alone.
@Suite struct PaperBehaviorTests {
  let luck = RandomStream(seed: 6, purpose: "test")

  func normal(_ id: Int, _ index: Int) -> Double {
    StandardNormal.quantile(luck.uniform(id: UInt64(id), index: UInt64(index)))
  }

  /// Mean reasoning tokens of a model on queries whose difficulty lies in `difficulties`.
  func meanLength(
    _ task: String, _ model: String, _ difficulties: ClosedRange<Double> = 0...1
  ) throws -> Double {
    let law = try #require(
      ShippedSheets.sheet(task).behavior(of: model, mode: .reasoning).reasoning)
    let count = 4000
    let width = difficulties.upperBound - difficulties.lowerBound
    let sum = (0..<count).reduce(0) { sum, id in
      let quantile = difficulties.lowerBound + width * (Double(id) + 0.5) / Double(count)
      return sum
        + law.tokens(
          difficulty: StandardNormal.quantile(quantile), query: normal(id, 0),
          sample: normal(id, 1))
    }
    return Double(sum) / Double(count)
  }

  @Test func `reasoning on the mix of MATH-500, AIME and GPQA is as long as published`() throws {
    let model = "r1-distill-qwen-7b"
    let parts = [("math500", 500.0), ("aime", 30.0), ("gpqa-diamond", 198.0)]
    let total = try parts.reduce(0) { try $0 + $1.1 * meanLength($1.0, model) }
    #expect(abs(total / 728 / 7845 - 1) < 0.1)
  }

  @Test(arguments: ["math500", "aime", "gpqa-diamond", "mmlu", "code"])
  func `harder queries are thought about for longer`(task: String) throws {
    let model = "r1-distill-qwen-7b"
    let easy = try meanLength(task, model, 0...(1.0 / 3))
    let medium = try meanLength(task, model, (1.0 / 3)...(2.0 / 3))
    let hard = try meanLength(task, model, (2.0 / 3)...1)
    #expect(easy < medium && medium < hard)
    let limit = try #require(
      ShippedSheets.sheet(task).behavior(of: model, mode: .reasoning).reasoning?.maximum)
    #expect(hard < Double(limit))
  }

  /// Accuracy of a cascade that keeps five equal answers of the weak model, less that of the strong.
  func cascadeLoss(_ task: String, weak: Double, strong: Double) throws -> Double {
    let sheet = try ShippedSheets.sheet(task)
    let response = try #require(sheet.itemResponse)
    let solver = try AbilitySolver(task: sheet, response: response)
    let laws = try [weak, strong].map { try solver.law(accuracy: $0) }
    var wrong: [Double] = []
    let rho = response.sharedDifficulty
    let count = 10_000
    let sum = (0..<count).reduce(0) { sum, id in
      let chances = laws.enumerated().map { model, law -> (right: Double, agreed: Double) in
        let first = 1 + 40 * model
        let zeta =
          -rho.squareRoot() * normal(id, 0) - (1 - rho).squareRoot() * normal(id, first)
        let pulls = (0..<law.pullCount).map { normal(id, first + 1 + $0) }
        let right = law.chances(suitability: zeta, pulls: pulls[...], into: &wrong)
        let fifth = { (p: Double) in p * p * p * p * p }
        return (right, fifth(right) + wrong.reduce(0) { $0 + fifth($1) })
      }
      let kept = chances[0].right * chances[0].right * chances[0].right * chances[0].right
      return sum + kept * chances[0].right - chances[0].agreed * chances[1].right
    }
    return -sum / Double(count)
  }

  @Test func `a cascade gated on unanimity loses on hard multiple choice, for the weak agree`()
    throws
  {
    let onChoices = try cascadeLoss("gpqa-diamond", weak: 0.4, strong: 0.85)
    #expect((0.05...0.2).contains(onChoices))
    // Open answers agree on a wrong one far less often.
    let onOpen = try cascadeLoss("math500", weak: 0.4, strong: 0.85)
    #expect(onOpen < onChoices / 2)
  }
}
