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

  /// What becomes of chains that go on up to a further checkpoint, and have to answer there if they
  /// have not ended: of those that would be right now, or of the others.
  public struct Outlook: Hashable, Sendable {
    /// Share of right answers.
    public var right = 0.0
    /// Mean of the tokens until then.
    public var tokens = 0.0
  }

  /// Both of them for one checkpoint to go on to.
  public struct Horizon: Hashable, Sendable {
    public var ifRight = Outlook()
    public var ifWrong = Outlook()
  }

  /// What holds of the chains that are longer than so many tokens.
  public struct Survivors: Hashable, Sendable {
    public var count = 0
    /// Share that would be right now.
    public var rightAtOnce = 0.0
    /// One, two, four … checkpoints further, and at the chains' ends.
    public var horizons: [Horizon] = []

    /// The most that a chain is worth more by going on than by answering now, in the unit of
    /// `worth`, over all horizons: what it gains in the chance of a right answer, each worth
    /// `worth`, less its tokens at `tokenPrice`. It would be right now with the chance
    /// `confidence`.
    ///
    /// A chain whose end is too far away may still be worth a few more tokens, in which many of
    /// its kind end.
    public func netGain(confidence: Double, worth: Double, tokenPrice: Double) -> Double {
      horizons.reduce(-Double.infinity) { best, horizon in
        let right = confidence * horizon.ifRight.right + (1 - confidence) * horizon.ifWrong.right
        let tokens =
          confidence * horizon.ifRight.tokens + (1 - confidence) * horizon.ifWrong.tokens
        return max(best, (right - confidence) * worth - tokens * tokenPrice)
      }
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
      survivors.append(Self.survivors(left, at: survivors.count * every, every: every))
      left.removeAll { $0.tokens <= survivors.count * every }
    }
    self.survivors = survivors
    kneeTokens = Self.knee(chains, every: every, checkpoints: survivors.count)
  }

  /// What holds of the chains that have come to `tokens` tokens.
  public subscript(tokens tokens: Int) -> Survivors {
    survivors[min(max(0, tokens / every), survivors.count - 1)]
  }

  private static func survivors(_ chains: [Chain], at tokens: Int, every: Int) -> Survivors {
    var result = Survivors()
    result.count = chains.count
    guard let longest = chains.map(\.tokens).max() else { return result }
    let right = chains.filter(\.isRightAtOnce)
    let wrong = chains.filter { !$0.isRightAtOnce }
    result.rightAtOnce = Double(right.count) / Double(chains.count)
    var step = every
    while true {
      let cap = tokens + step
      result.horizons.append(
        Horizon(
          ifRight: outlook(right, from: tokens, to: cap),
          ifWrong: outlook(wrong, from: tokens, to: cap)))
      guard cap < longest else { return result }
      step *= 2
    }
  }

  private static func outlook(_ chains: [Chain], from tokens: Int, to cap: Int) -> Outlook {
    guard !chains.isEmpty else { return Outlook() }
    let right = chains.count { $0.tokens <= cap ? $0.isRightAtEnd : $0.isRightAtOnce }
    let further = chains.reduce(0) { $0 + min($1.tokens, cap) - tokens }
    return Outlook(
      right: Double(right) / Double(chains.count),
      tokens: Double(further) / Double(chains.count))
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
