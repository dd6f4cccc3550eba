import AnswerModels
import NumericalMethods
import Quantities
import Testing
import Workloads

@Suite struct DifficultyEstimatorTests {
  @Test(arguments: [0.0, 0.5, 0.9, -0.6])
  func `estimates correlate with difficulty as asked`(expected: Double) {
    let estimator = NoisyDifficultyEstimator(correlation: expected, seed: 8)
    let sample = queries(10_000)
    let estimates = sample.map { StandardNormal.quantile(estimator.estimate($0)) }
    let truth = sample.map { StandardNormal.quantile($0.difficulty) }
    // The standard error of a correlation r is (1 - r²)/√n.
    let tolerance = 4 * (1 - expected * expected) / 100
    #expect(abs(correlation(estimates, truth) - expected) < tolerance)
  }

  @Test func `estimates of uniformly difficult queries are uniform`() {
    let estimator = NoisyDifficultyEstimator(correlation: 0.7, seed: 8)
    let estimates = queries(10_000).map { estimator.estimate($0) }
    let (mean, deviation) = moments(estimates)
    #expect(abs(mean - 0.5) < 4 * 0.2887 / 100)
    #expect(abs(deviation - 0.2887) < 0.01)
  }

  @Test func `a perfect correlation and the oracle both tell the truth`() {
    let estimator = NoisyDifficultyEstimator(correlation: 1, seed: 8)
    for query in queries(100) {
      #expect(abs(estimator.estimate(query) - query.difficulty) < 1e-12)
      #expect(OracleDifficultyEstimator().estimate(query) == query.difficulty)
    }
  }

  @Test func `estimates lie strictly between 0 and 1 for any difficulty`() {
    let estimator = NoisyDifficultyEstimator(correlation: 1, seed: 8)
    for difficulty in [1e-300, 1 - 1e-16] {
      let query = Query(id: 0, arrival: .zero, task: 0, promptTokens: 1, difficulty: difficulty)
      let estimate = estimator.estimate(query)
      #expect(estimate > 0 && estimate < 1)
    }
  }

  @Test(arguments: [0.5, 0.7, 0.85, 1.0])
  func `an estimator made for an AUC tells the harder half with that AUC`(auc: Double) {
    let r = NoisyDifficultyEstimator.correlation(medianSplitAUC: auc)
    let estimator = NoisyDifficultyEstimator(correlation: r, seed: 8)
    let sample = queries(2000)
    let hard = sample.filter { $0.difficulty > 0.5 }.map { estimator.estimate($0) }
    let easy = sample.filter { $0.difficulty <= 0.5 }.map { estimator.estimate($0) }.sorted()
    // Mann–Whitney: the share of (hard, easy) pairs in the right order.
    let ordered = hard.reduce(0) { sum, estimate in
      sum + (easy.firstIndex { $0 >= estimate } ?? easy.count)
    }
    let observed = Double(ordered) / Double(hard.count * easy.count)
    #expect(abs(observed - auc) < 0.04)
    #expect(auc < 1 || observed == 1)
  }
}
