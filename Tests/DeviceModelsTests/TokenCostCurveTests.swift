import Quantities
import Scenarios
import TestSupport
import Testing

@testable import DeviceModels

/// An iteration takes 10 ms, and 0.1 ms a row, 1 µs a token of context, 20 µs a prompt token; it
/// draws 4 J, and 0.5 J, 1 mJ and 10 mJ.
private let affine: AffineIterationModel = {
  func ticks(_ microseconds: Int64) -> Int128 {
    SimDuration(nanoseconds: 1000 * microseconds).ticks
  }
  func quanta(_ joules: Double) -> Int128 { Energy(rounding: joules).quanta }
  return AffineIterationModel(
    ticks: ShapeWeights(
      constant: ticks(10_000), perDecodeRow: ticks(100), perContextToken: ticks(1),
      perPrefillToken: ticks(20)),
    quanta: ShapeWeights(
      constant: quanta(4), perDecodeRow: quanta(0.5), perContextToken: quanta(0.001),
      perPrefillToken: quanta(0.01)))
}()

private func isNear(_ value: Double, _ expected: Double, within relative: Double = 1e-9) -> Bool {
  abs(value - expected) <= relative * abs(expected)
}

/// Costs of tokens against sums by hand and laws.
struct TokenCostCurveTests {
  @Test func `a decoded token bears its part of the iteration and waits for all of it`() {
    let cost = affine.decodeCost(rows: 8, meanContextTokens: 1000)
    #expect(isNear(cost.joulesPerToken, (4 + 8 * 0.5 + 8000 * 0.001) / 8))
    #expect(isNear(cost.secondsPerToken, 0.010 + 0.0008 + 0.008))
  }

  @Test func `a prompt beyond the token budget pays for every piece`() {
    let cost = affine.promptCost(promptTokens: 100, tokenBudget: 40)
    #expect(isNear(cost.joulesPerToken, (3 * 4 + 100 * 0.01) / 100))
    #expect(isNear(cost.secondsPerToken, (3 * 0.010 + 100 * 20e-6) / 100))
  }

  @Test(arguments: [1, 40, 99, 100])
  func `pieces of a prompt attend to what all of it attends to`(budget: Int) {
    var pairs = AffineIterationModel(ticks: ShapeWeights(constant: 1))
    pairs.quanta.perAttentionPair = Energy(rounding: 1).quanta
    let cost = pairs.promptCost(promptTokens: 100, tokenBudget: budget)
    #expect(isNear(cost.joulesPerToken, 100 * 101 / 2 / 100))
  }

  @Test func `one request alone costs its prompt and its decode iterations`() {
    let cost = affine.requestCost(
      concurrency: 1, promptTokens: 100, outputTokens: 10, tokenBudget: 1000)
    var joules = 4.0 + 100 * 0.01
    var seconds = 0.010 + 100 * 20e-6
    for token in 1..<10 {
      joules += 4 + 0.5 + 0.001 * Double(100 + token)
      seconds += 0.010 + 100e-6 + 1e-6 * Double(100 + token)
    }
    #expect(isNear(cost.joulesPerToken, joules / 10))
    #expect(isNear(cost.secondsPerToken, seconds / 10))
  }

  @Test func `requests in a closed loop share iterations with each other's prompts`() {
    // Ten iterations a request, one for its prompt: of four, 0.4 are in their prompt.
    let cost = affine.requestCost(
      concurrency: 4, promptTokens: 100, outputTokens: 10, tokenBudget: 1000)
    let joules = 4 + 3.6 * 0.5 + 3.6 * 105 * 0.001 + 0.4 * 100 * 0.01
    let seconds = 0.010 + 3.6 * 100e-6 + 3.6 * 105e-6 + 0.4 * 100 * 20e-6
    #expect(isNear(cost.joulesPerToken, joules / 4))
    #expect(isNear(cost.secondsPerToken, seconds))
  }

  @Test func `a request of one token is its prompt`() {
    let request = affine.requestCost(
      concurrency: 1, promptTokens: 100, outputTokens: 1, tokenBudget: 50)
    let prompt = affine.promptCost(promptTokens: 100, tokenBudget: 50)
    #expect(isNear(request.joulesPerToken, 100 * prompt.joulesPerToken))
    #expect(isNear(request.secondsPerToken, 100 * prompt.secondsPerToken))
  }

  @Test(arguments: [(1, 0.3), (7, 0.5), (1000, 0.001), (1000, 0.999), (65_536, 0.2), (5, 1.0)])
  func `binomial terms sum to one and have the mean and variance of the law`(
    count: Int, share: Double
  ) {
    var (sum, mean, square) = (0.0, 0.0, 0.0)
    for (successes, probability) in BinomialTerms(count: count, share: share) {
      #expect((0...count).contains(successes))
      sum += probability
      mean += probability * Double(successes)
      square += probability * Double(successes) * Double(successes)
    }
    let expected = Double(count) * share
    #expect(isNear(sum, 1))
    #expect(isNear(mean, expected, within: 1e-8))
    #expect(abs(square - mean * mean - expected * (1 - share)) < 1e-6 * max(1, expected))
  }

  @Test func `energy per token falls with the batch and rises with the context everywhere`() throws
  {
    for replica in try Shipped.replicas() {
      func joules(_ rows: Int, _ context: Int) -> Double {
        replica.decodeCost(rows: rows, meanContextTokens: context).joulesPerToken
      }
      for power in 0..<8 {
        let (rows, twice) = (1 << power, 2 << power)
        #expect(joules(twice, 1000) < joules(rows, 1000), "\(replica.model.name) \(rows)")
        // Beyond the window of every layer nothing more is read.
        let reads = 128 * rows < replica.model.slidingWindow?.tokens ?? .max
        let grows = reads || replica.model.fullAttentionLayerCount > 0
        let (shorter, longer) = (joules(16, 128 * rows), joules(16, 128 * twice))
        #expect(grows ? longer > shorter : longer >= shorter, "\(replica.model.name)")
      }
    }
  }

  @Test func `energy per input token has its least inside`() throws {
    let replica = try Shipped.catalog().replicaModel(gpu: "h100-sxm", model: "qwen3-8b")
    func joules(_ tokens: Int) -> Double {
      replica.promptCost(promptTokens: tokens, tokenBudget: 65_536).joulesPerToken
    }
    #expect(joules(4096) < joules(64) && joules(4096) < joules(40_000))
  }
}

/// Tables of costs against the costs themselves.
struct OperatingCurveTests {
  @Test func `a table of an affine model is exact`() {
    let curve = OperatingCurve(affine, rowLimit: 300, contextLimit: 5000, tokenBudget: 900)
    for rows in [1, 2, 3, 4, 5, 9, 77, 255, 256, 300] {
      for context in [1, 2, 7, 8, 9, 63, 1000, 4095, 4096, 5000] {
        let read = curve.decodeCost(rows: rows, meanContextTokens: context)
        let model = affine.decodeCost(rows: rows, meanContextTokens: context)
        #expect(isNear(read.joulesPerToken, model.joulesPerToken), "\(rows) rows, \(context)")
        #expect(isNear(read.secondsPerToken, model.secondsPerToken), "\(rows) rows, \(context)")
        let prompt = curve.promptCost(promptTokens: context)
        let whole = affine.promptCost(promptTokens: context, tokenBudget: 900)
        #expect(isNear(prompt.joulesPerToken, whole.joulesPerToken), "\(context)")
        #expect(isNear(prompt.secondsPerToken, whole.secondsPerToken), "\(context)")
      }
    }
  }

  @Test func `beyond its limits a table holds what it has there`() {
    let curve = OperatingCurve(affine, rowLimit: 10, contextLimit: 100, tokenBudget: 1000)
    #expect(
      curve.decodeCost(rows: 11, meanContextTokens: 5000)
        == curve.decodeCost(rows: 10, meanContextTokens: 100))
    #expect(curve.promptCost(promptTokens: 101) == curve.promptCost(promptTokens: 100))
  }

  @Test func `tables of shipped replicas stay within their stated error of the model`() throws {
    var worst = (joules: 0.0, seconds: 0.0, promptJoules: 0.0, promptSeconds: 0.0)
    func widen(_ worst: inout Double, _ read: Double, _ model: Double) {
      worst = max(worst, abs(read / model - 1))
    }
    // Every fourth: all of them take too long unoptimised.
    for (index, replica) in try Shipped.replicas().enumerated() where index.isMultiple(of: 4) {
      let limit = replica.model.maxContextTokens
      let curve = OperatingCurve(
        replica, rowLimit: 512, contextLimit: limit, tokenBudget: 8192)
      var context = 1.0
      while Int(context) <= limit {
        let tokens = Int(context)
        for rows in [1, 2, 3, 5, 9, 11, 18, 39, 70, 143, 290, 500] {
          let read = curve.decodeCost(rows: rows, meanContextTokens: tokens)
          let model = replica.decodeCost(rows: rows, meanContextTokens: tokens)
          widen(&worst.joules, read.joulesPerToken, model.joulesPerToken)
          widen(&worst.seconds, read.secondsPerToken, model.secondsPerToken)
        }
        let read = curve.promptCost(promptTokens: tokens)
        let model = replica.promptCost(promptTokens: tokens, tokenBudget: 8192)
        widen(&worst.promptJoules, read.joulesPerToken, model.joulesPerToken)
        widen(&worst.promptSeconds, read.secondsPerToken, model.secondsPerToken)
        context *= 1.37
      }
    }
    print("operating curves: \(worst)")
    #expect(worst.joules < 0.04 && worst.seconds < 0.04)
    #expect(worst.promptJoules < 0.06 && worst.promptSeconds < 0.06)
  }
}
