/// What is known beforehand of the chains of one arm on one task: how long those that have come so
/// far still go on, and how often they end up right. From calibration, not from the query.
public struct ReasoningProspects: Sendable {
  /// A chain of some reference query.
  public struct Chain: Hashable, Sendable {
    public var tokens: Int
    /// Whether its answer is right, at its end and if it has to answer before.
    public var isRightAtEnd: Bool
    public var isRightAtOnce: Bool

    public init(tokens: Int, isRightAtEnd: Bool, isRightAtOnce: Bool) {
      self.tokens = tokens
      self.isRightAtEnd = isRightAtEnd
      self.isRightAtOnce = isRightAtOnce
    }
  }

  /// What holds of the chains that are longer than so many tokens.
  public struct Survivors: Hashable, Sendable {
    public var count = 0
    /// Mean of the tokens still to come.
    public var remainingTokens = 0.0
    /// Share that would be right now.
    public var rightAtOnce = 0.0
    /// Share right at the end of those that would be right now, and of the others.
    public var rightAtEndIfRight = 0.0
    public var rightAtEndIfWrong = 0.0

    /// What a chain gains in the chance of a right answer by going on to its end, if it would be
    /// right now with the chance `confidence`.
    public func gain(confidence: Double) -> Double {
      confidence * rightAtEndIfRight + (1 - confidence) * rightAtEndIfWrong - confidence
    }

    /// The chance that a chain would be right now, given a signal that was told as from even odds.
    public func posterior(_ confidence: Double) -> Double {
      let right = confidence * rightAtOnce
      let wrong = (1 - confidence) * (1 - rightAtOnce)
      return right + wrong > 0 ? right / (right + wrong) : rightAtOnce
    }
  }

  public let every: Int
  /// By checkpoint, the first at no tokens; as far as enough chains come.
  public let survivors: [Survivors]
  /// Tokens beyond which a token adds less to the accuracy than it does on the average.
  public let kneeTokens: Int

  /// Fewer chains tell nothing of those that go on.
  private static let leastSurvivors = 20

  /// `chains` is not empty; `every` is the distance of checkpoints in tokens.
  public init(_ chains: [Chain], every: Int) {
    precondition(!chains.isEmpty && every > 0, "\(chains.count) chains, a look every \(every)")
    self.every = every
    var survivors: [Survivors] = []
    var left = chains
    while survivors.isEmpty || left.count >= Self.leastSurvivors {
      survivors.append(Self.survivors(left, at: survivors.count * every))
      left.removeAll { $0.tokens <= survivors.count * every }
    }
    self.survivors = survivors
    kneeTokens = Self.knee(chains, every: every, checkpoints: survivors.count)
  }

  /// What holds of the chains that have come to `tokens` tokens.
  public subscript(tokens tokens: Int) -> Survivors {
    survivors[min(max(0, tokens / every), survivors.count - 1)]
  }

  private static func survivors(_ chains: [Chain], at tokens: Int) -> Survivors {
    var result = Survivors()
    result.count = chains.count
    let right = chains.filter(\.isRightAtOnce)
    let wrong = chains.filter { !$0.isRightAtOnce }
    func share(_ part: [Chain]) -> Double {
      part.isEmpty ? 0 : Double(part.count(where: \.isRightAtEnd)) / Double(part.count)
    }
    guard !chains.isEmpty else { return result }
    result.remainingTokens =
      Double(chains.reduce(0) { $0 + $1.tokens - tokens }) / Double(chains.count)
    result.rightAtOnce = Double(right.count) / Double(chains.count)
    result.rightAtEndIfRight = right.isEmpty ? 1 : share(right)
    result.rightAtEndIfWrong = share(wrong)
    return result
  }

  /// The checkpoint at which accuracy over mean tokens lies furthest above the straight line from
  /// no chain at all to whole chains.
  private static func knee(_ chains: [Chain], every: Int, checkpoints: Int) -> Int {
    func point(_ cap: Int) -> (tokens: Double, right: Double) {
      chains.reduce((0, 0)) { sum, chain in
        let isRight = chain.tokens <= cap ? chain.isRightAtEnd : chain.isRightAtOnce
        return (sum.0 + Double(min(chain.tokens, cap)), sum.1 + (isRight ? 1 : 0))
      }
    }
    let (none, all) = (point(0), point(.max))
    var best = (tokens: 0, height: 0.0)
    for checkpoint in 0..<checkpoints {
      let here = point(checkpoint * every)
      let line = none.right + (all.right - none.right) * here.tokens / max(1, all.tokens)
      if here.right - line > best.height { best = (checkpoint * every, here.right - line) }
    }
    return best.tokens
  }
}
