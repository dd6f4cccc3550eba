import FleetEngine
import NumericalMethods
import Quantities
import TestSupport
import Testing

@testable import Policies

/// Policies that learn from a judge and a meter.
@Suite struct LearningTests {
  @Test func `a linear posterior is the ridge regression of all it has seen`() {
    // y = 2 + 3x at x = 0, 1, 2, 3 with a ridge of 1: (XᵀX + I) w = Xᵀy, by hand.
    var posterior = LinearPosterior(featureCount: 2)
    for x in 0..<4 { posterior.observe([1, Double(x)], 2 + 3 * Double(x)) }
    // [[5, 6], [6, 15]] w = [26, 54]: determinant 39.
    #expect(abs(posterior.weights[0] - (26 * 15 - 6 * 54) / 39.0) < 1e-12)
    #expect(abs(posterior.weights[1] - (5 * 54 - 6 * 26) / 39.0) < 1e-12)
    // At x = 1: (15 - 12 + 5) / 39.
    #expect(abs(posterior.deviation([1, 1]) - (8 / 39.0).squareRoot()) < 1e-12)
    #expect(posterior.observationCount == 4)
  }

  /// Runs a bandit over two arms of which the second is right more often and costs more.
  private func share(
    ofSecondArm lambda: Double, _ exploration: Exploration, judgeError: Double = 0,
    chances: [Double] = [0.3, 0.8], rounds: Int = 1_500
  ) -> Double {
    var bandit = ContextualBandit(
      arms: [0, 1], description: QueryDescription(taskCount: 1), lambda: lambda,
      exploration: exploration, judgeError: judgeError, seed: 5)
    let view = fleet(loads: [0, 0], replicasByArm: [[0], [1]])
    let luck = RandomStream(seed: 9, purpose: "test")
    var second = 0
    for id in 0..<UInt64(rounds) {
      let request = request(id: id)
      let arm = bandit.chooseArm(for: request, in: view)
      if id >= UInt64(rounds / 2) { second += arm }
      let ended = EndedRequest(
        request: request, arm: arm, replica: arm, outcome: .completed,
        joules: arm == 0 ? 10 : 100, outputTokens: 5, endToEndLatency: .zero)
      bandit.requestEnded(ended)
      let draws = luck.uniforms(id: id)
      guard id % 3 == 0 else { continue }
      bandit.answerJudged(ended, isCorrect: (draws.0 < chances[arm]) != (draws.1 < judgeError))
    }
    return Double(second) / Double(rounds - rounds / 2)
  }

  @Test(arguments: [Exploration.optimism(width: 0.5), .sampling(scale: 0.3)])
  func `a bandit finds the arm that is worth its joules`(exploration: Exploration) {
    // Half a right answer more for ninety joules more: worth it below 0.0056 a joule.
    #expect(share(ofSecondArm: 0, exploration) > 0.9)
    #expect(share(ofSecondArm: 0.002, exploration) > 0.9)
    #expect(share(ofSecondArm: 0.012, exploration) < 0.1)
  }

  @Test func `a judge who errs makes no right answers dearer`() {
    // Labels of 0.3 and 0.8 read as 0.42 and 0.62 under an error of 0.3: without stretching them
    // the second arm would not be worth 0.0035 a joule, with them it is.
    let exploration = Exploration.optimism(width: 0.3)
    #expect(share(ofSecondArm: 0.0035, exploration, judgeError: 0.3, rounds: 6_000) > 0.7)
  }

  @Test func `what was learned of one task does not say much of another`() {
    var bandit = ContextualBandit(
      arms: [0, 1], description: QueryDescription(taskCount: 2), lambda: 0,
      exploration: .optimism(width: 0.1), judgeError: 0, seed: 1)
    let view = fleet(loads: [0, 0], replicasByArm: [[0], [1]])
    for id in 0..<400 as Range<UInt64> {
      for arm in 0...1 {
        let task = Int(id % 2)
        let ended = EndedRequest(
          request: request(id: id, task: task), arm: arm, replica: 0, outcome: .completed,
          joules: 1, outputTokens: 1, endToEndLatency: .zero)
        bandit.answerJudged(ended, isCorrect: arm == task)
      }
    }
    #expect(bandit.chooseArm(for: request(task: 0), in: view) == 0)
    #expect(bandit.chooseArm(for: request(task: 1), in: view) == 1)
  }

  @Test func `the closed forms of zeta weigh normalized energy against accuracy`() {
    let arms = [
      ZetaArm(arm: 4, accuracy: 50, joules: [0, 1, 0]),
      ZetaArm(arm: 7, accuracy: 60, joules: [0, 2, 0.01]),
    ]
    func chosen(_ zeta: Double, promptTokens: Int) -> Int {
      ZetaRouter(zeta: zeta, arms: arms, expectedOutputTokens: 100)
        .chooseArm(for: request(promptTokens: promptTokens), in: fleet(loads: [0]))
    }
    #expect(chosen(0, promptTokens: 10) == 7)
    #expect(chosen(1, promptTokens: 10) == 4)
    // 100 against 210 J: ζ·(1 - 100/210) = (1 - ζ)·(1 - 50/60) at ζ = 0.2413; with a prompt of
    // 100 it is 100 against 300 J and ζ = 0.2.
    #expect(chosen(0.23, promptTokens: 10) == 7)
    #expect(chosen(0.25, promptTokens: 10) == 4)
    #expect(chosen(0.23, promptTokens: 100) == 4)
    #expect(chosen(0.19, promptTokens: 100) == 7)
  }
}
