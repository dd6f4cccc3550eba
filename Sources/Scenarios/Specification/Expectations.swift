/// What a publication says that a scenario should show, claim by claim.
public struct Expectations: Hashable, Sendable {
  /// Paper, section, grade of the figures.
  public var source: String
  public var claims: [Claim]
}

/// One published statement, and how near a simulation must come.
public struct Claim: Hashable, Sendable {
  /// What kind of agreement is asked for.
  public enum Kind: String, CaseIterable, Sendable {
    /// Exact up to rounding.
    case identity
    /// A published measurement, within its tolerance.
    case reproduction
    /// An order or a shape.
    case trend
  }

  /// By which the publication's statement goes; several claims may share it.
  public var id: String
  public var kind: Kind
  /// The statement in a few words.
  public var text: String
  public var test: Test
  /// Why a miss would be no surprise: the verdict is then "explained".
  public var explanation: String?

  public enum Test: Hashable, Sendable {
    /// A figure beside the published one.
    case value(FigureFormula, expected: ExpectedFigure, tolerance: Tolerance)
    /// Figures in a row, each of which must stand to its neighbors as the shape says.
    case shape(Shape, of: [FigureFormula], over: [FigureFormula])
    /// The published figure went into the model: shown, and no test of it.
    case input(FigureFormula, expected: ExpectedFigure, reason: String)
    /// Not simulated, with the reason.
    case notRun(reason: String)
  }

  public enum Shape: String, CaseIterable, Sendable {
    case rising, falling, concave
    case hasMinimum = "has-minimum"
    case hasMaximum = "has-maximum"
  }
}

/// A published figure, or the range that was published.
public struct ExpectedFigure: Hashable, Sendable {
  public var range: ClosedRange<Double>
}

/// How far a simulated figure may lie from the published one.
public enum Tolerance: Hashable, Sendable {
  /// Of the published figure.
  case share(Double)
  /// In the figure's own unit.
  case absolute(Double)
  /// A range of its own.
  case within(ClosedRange<Double>)
}

/// A figure of a run, or a quotient or difference of two.
public struct FigureFormula: Hashable, Sendable {
  public enum Combination: Hashable, Sendable {
    case alone
    case dividedBy(FigureReference)
    case minus(FigureReference)
  }

  public var figure: FigureReference
  public var combination: Combination
}

/// One figure of one policy's run.
public struct FigureReference: Hashable, Sendable {
  public var quantity: FigureQuantity
  /// A scenario beside this one; nil for this one.
  public var scenario: String?
  /// Nil for the only policy there is.
  public var policy: String?
  /// Nil for all tasks together.
  public var task: String?
}

/// What can be read of a run. Joules are the GPUs'.
public enum FigureQuantity: String, CaseIterable, Sendable {
  case accuracy
  /// Of the whole window, idle included, over its completed requests.
  case energyPerRequest = "energy_per_request_j"
  case energyPerOutputToken = "energy_per_output_token_j"
  case energyPerCorrect = "energy_per_correct_j"
  /// What was attributed to the requests themselves.
  case attributedPerRequest = "attributed_per_request_j"
  case attributedPerOutputToken = "attributed_per_output_token_j"
  case prefillPerPromptToken = "prefill_per_prompt_token_j"
  case decodePerOutputToken = "decode_per_output_token_j"
  /// Means per request, all samples together.
  case promptTokens = "prompt_tokens"
  case outputTokens = "output_tokens"
  case outputTokensOfRight = "output_tokens_of_right_answers"
  case outputTokensOfWrong = "output_tokens_of_wrong_answers"
  case longestOutputTokens = "longest_output_tokens"
  /// The most that one request was attributed.
  case largestAttributed = "largest_attributed_j"
  case power = "power_per_gpu_w"
  case endToEndLatency = "e2e_s"
  case outputTokensPerSecond = "output_tokens_per_s"

  /// Whether it can be told for one task among several.
  public var knowsTasks: Bool {
    switch self {
    case .energyPerRequest, .energyPerOutputToken, .energyPerCorrect, .power,
      .outputTokensPerSecond:
      false
    default: true
    }
  }
}
