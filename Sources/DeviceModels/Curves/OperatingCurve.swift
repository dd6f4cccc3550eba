/// Energy and time per token of a replica as tables that are read in nanoseconds.
///
/// Decode costs stand at the knots of `DecodeKnots` in rows and in mean context, between which
/// an iteration's energy and duration are bilinear: exact for a model that is affine in rows and
/// in their summed context. A prompt's stand at the knots of its length without what each of its
/// pieces costs anyway, which is added when read: between knots they are lines. Reading allocates
/// nothing; beyond the limits the values at the limits hold.
public struct OperatingCurve: Sendable {
  /// Energy and duration of an iteration, or of a prompt.
  private typealias Cost = SIMD2<Double>

  /// Sequences and tokens of one sequence up to which the curve was tabulated.
  public let rowLimit: Int
  public let contextLimit: Int
  /// By knot of rows, then of context.
  private let decode: [Cost]
  private let stride: Int
  /// By knot, less `piece` for each of a prompt's pieces.
  private let prompts: [Cost]
  /// What an iteration costs before its first prompt token.
  private let piece: Cost
  private let tokenBudget: Int

  /// `tokenBudget` is the most tokens that one iteration computes of a prompt.
  public init(
    _ model: any IterationModel, rowLimit: Int, contextLimit: Int, tokenBudget: Int
  ) {
    precondition(rowLimit > 0 && contextLimit > 0 && tokenBudget > 0, "an empty curve")
    self.rowLimit = rowLimit
    self.contextLimit = contextLimit
    let contexts = Self.knots(upTo: contextLimit)
    stride = contexts.count
    decode = Self.knots(upTo: rowLimit).flatMap { rows in
      contexts.map { context in
        let cost = model.decodeCost(rows: rows, meanContextTokens: context)
        return [cost.joulesPerToken * Double(rows), cost.secondsPerToken]
      }
    }
    func prompt(_ tokens: Int) -> Cost {
      let cost = model.promptCost(promptTokens: tokens, tokenBudget: tokenBudget)
      return [cost.joulesPerToken * Double(tokens), cost.secondsPerToken * Double(tokens)]
    }
    let piece = tokenBudget > 1 ? 2 * prompt(1) - prompt(2) : prompt(1)
    prompts = contexts.map { tokens in
      prompt(tokens) - piece * Double(Self.pieces(tokens, tokenBudget))
    }
    self.piece = piece
    self.tokenBudget = tokenBudget
  }

  /// A token of each of `rows` sequences (at least one) that attend to `meanContextTokens` (at
  /// least one) on average.
  public func decodeCost(rows: Int, meanContextTokens: Int) -> TokenCost {
    let rows = min(rows, rowLimit)
    let down = Place(rows)
    let across = Place(min(meanContextTokens, contextLimit))
    let corner = down.index * stride + across.index
    let upper = Self.between(decode[corner], decode[corner + 1], across.fraction)
    let next = corner + stride
    let lower = Self.between(decode[next], decode[next + 1], across.fraction)
    let cost = Self.between(upper, lower, down.fraction)
    return TokenCost(joulesPerToken: cost[0] / Double(rows), secondsPerToken: cost[1])
  }

  /// A token of a prompt of so many tokens (at least one) that is computed alone.
  public func promptCost(promptTokens: Int) -> TokenCost {
    let tokens = min(promptTokens, contextLimit)
    let place = Place(tokens)
    let further = Self.between(prompts[place.index], prompts[place.index + 1], place.fraction)
    let cost = further + piece * Double(Self.pieces(tokens, tokenBudget))
    let perToken = cost / Double(tokens)
    return TokenCost(joulesPerToken: perToken[0], secondsPerToken: perToken[1])
  }

  /// Iterations that a prompt alone takes.
  @inline(__always)
  private static func pieces(_ tokens: Int, _ budget: Int) -> Int { (tokens - 1) / budget + 1 }

  /// Where a number lies between two knots.
  private struct Place {
    /// Of the lower knot; the first knot is 1.
    var index: Int
    /// Of the way to the upper knot, 0 up to 1.
    var fraction: Double

    @inline(__always)
    init(_ number: Int) {
      let range = DecodeKnots.range(holding: number)
      index = DecodeKnots.index(holding: number) - 1
      fraction = Double(number - range.lowerBound) / Double(range.count)
    }
  }

  @inline(__always)
  private static func between(_ a: Cost, _ b: Cost, _ fraction: Double) -> Cost {
    a + (b - a) * fraction
  }

  /// All knots up to the first beyond `limit`.
  private static func knots(upTo limit: Int) -> [Int] {
    var knots = [1]
    while let last = knots.last, last <= limit {
      knots.append(DecodeKnots.range(holding: last).upperBound)
    }
    return knots
  }
}
