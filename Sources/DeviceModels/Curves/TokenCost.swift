internal import Quantities

/// What one token costs: GPU energy of all GPUs of the replica, and time.
public struct TokenCost: Hashable, Sendable {
  public var joulesPerToken: Double
  public var secondsPerToken: Double

  public init(joulesPerToken: Double, secondsPerToken: Double) {
    self.joulesPerToken = joulesPerToken
    self.secondsPerToken = secondsPerToken
  }
}

/// Energy and time per token of a replica that serves one kind of request over and over, from
/// its iterations' costs alone. `docs/curves.md` has the definitions.
extension IterationModel {
  /// A token of each of `rows` sequences that attend to `meanContextTokens` on average: energy
  /// of the iteration over its rows, and its duration, which every sequence waits for.
  public func decodeCost(rows: Int, meanContextTokens: Int) -> TokenCost {
    let cost = cost(
      of: IterationShape(decodeRows: rows, decodeContextTokens: rows * meanContextTokens))
    return TokenCost(
      joulesPerToken: cost.energy.joules / Double(rows), secondsPerToken: cost.duration.seconds)
  }

  /// A token of a prompt that is computed alone, in pieces of at most `tokenBudget`.
  public func promptCost(promptTokens: Int, tokenBudget: Int) -> TokenCost {
    var joules = 0.0
    var seconds = 0.0
    var past = 0
    while past < promptTokens {
      let tokens = min(tokenBudget, promptTokens - past)
      let cost = cost(
        of: IterationShape(
          prefillTokens: tokens, prefillChunks: 1,
          prefillAttentionPairs: tokens * past + tokens * (tokens + 1) / 2))
      joules += cost.energy.joules
      seconds += cost.duration.seconds
      past += tokens
    }
    let count = Double(promptTokens)
    return TokenCost(joulesPerToken: joules / count, secondsPerToken: seconds / count)
  }

  /// An output token of requests of which `concurrency` are always in flight, with its part of
  /// prompt and of everything else; seconds are those from a request's start to its end.
  ///
  /// A request is m iterations of its prompt (as many as the budget asks for beside the other
  /// rows) and n - 1 of decode. Each request in flight stands at a random iteration of its own,
  /// so the prompts in an iteration are binomial, and costs are means over that.
  public func requestCost(
    concurrency: Int, promptTokens: Int, outputTokens: Int, tokenBudget: Int
  ) -> TokenCost {
    let share = max(1, tokenBudget - (concurrency - 1))
    let pieces = (promptTokens + share - 1) / share
    let iterations = pieces + outputTokens - 1
    let pairs = Double(promptTokens) * Double(promptTokens + 1) / 2
    let context = Double(promptTokens) + Double(outputTokens) / 2
    var joules = 0.0
    var seconds = 0.0
    let prefillShare = Double(pieces) / Double(iterations)
    for (prompts, probability) in BinomialTerms(count: concurrency, share: prefillShare) {
      let rows = concurrency - prompts
      let computed = Double(prompts) / Double(pieces)
      let cost = cost(
        of: IterationShape(
          decodeRows: rows, decodeContextTokens: Int((Double(rows) * context).rounded()),
          prefillTokens: Int((computed * Double(promptTokens)).rounded()),
          prefillChunks: prompts,
          prefillAttentionPairs: Int((computed * pairs).rounded())))
      joules += probability * cost.energy.joules
      seconds += probability * cost.duration.seconds
    }
    let perToken = Double(iterations) / Double(outputTokens)
    return TokenCost(
      joulesPerToken: perToken * joules / Double(concurrency),
      secondsPerToken: perToken * seconds)
  }
}

/// Probabilities of a binomial distribution, without those that no sum would show.
struct BinomialTerms: Sequence {
  private static let leastRelativeWeight = 1e-14

  private var weights: [Double] = []
  private var first = 0

  /// `count` trials, each of which succeeds with probability `share`, 0…1.
  init(count: Int, share: Double) {
    guard share < 1 else {
      (weights, first) = ([1], count)
      return
    }
    // From the mode outward nothing overflows, and what becomes small may be left out.
    let odds = share / (1 - share)
    let mode = Int((Double(count + 1) * share).rounded(.down))
    var below: [Double] = []
    var weight = 1.0
    first = mode
    while first > 0, weight > Self.leastRelativeWeight {
      weight *= Double(first) / (Double(count - first + 1) * odds)
      below.append(weight)
      first -= 1
    }
    var above: [Double] = []
    var last = mode
    weight = 1
    while last < count, weight > Self.leastRelativeWeight {
      weight *= Double(count - last) * odds / Double(last + 1)
      above.append(weight)
      last += 1
    }
    weights = below.reversed() + [1] + above
    let sum = weights.reduce(0, +)
    weights = weights.map { $0 / sum }
  }

  func makeIterator() -> AnyIterator<(successes: Int, probability: Double)> {
    var index = 0
    return AnyIterator { [weights, first] in
      guard index < weights.count else { return nil }
      defer { index += 1 }
      return (first + index, weights[index])
    }
  }
}
