public import AnswerModels
public import Quantities
public import Workloads

/// What asks: queries or conversations drawn from distributions, or a trace of real ones.
public enum WorkloadSpecification: Sendable {
  case synthetic(SyntheticSpecification)
  case sessions(SessionSpecification)
  case trace(TraceSpecification)

  /// The mix; empty for a trace without tasks.
  public var tasks: [TaskShare] {
    switch self {
    case .synthetic(let synthetic): synthetic.tasks
    case .sessions(let sessions): sessions.tasks
    case .trace(let trace): trace.tasks
    }
  }

  /// Columns of numbers that are declared of each query, by position.
  func features(_ pool: QueryPoolInput?) -> [String] {
    if let pool { return pool.features }
    guard case .trace(let trace) = self else { return [] }
    return trace.features
  }
}

/// Queries drawn from distributions.
public struct SyntheticSpecification: Sendable {
  public var arrivals: ArrivalSpecification
  /// No query arrives later; nil where only the number ends the stream.
  public var duration: SimDuration?
  /// Most queries; nil where only the duration ends the stream.
  public var requestCount: Int?
  /// Nil for a constant rate.
  public var dailyProfile: DailyProfile?
  public var tasks: [TaskShare]

  var length: StreamLength {
    StreamLength(
      rate: arrivals.rate, profile: dailyProfile, duration: duration, count: requestCount)
  }
}

/// When queries come.
public enum ArrivalSpecification: Hashable, Sendable {
  /// Queries per second over the whole fleet, independent of each other.
  case poisson(rate: Double)
  /// The same with gaps of another coefficient of variation: above 1 comes in bursts.
  case gamma(rate: Double, coefficientOfVariation: Double)
  /// So many requests in flight on each replica: the next comes as one ends.
  case closedLoop(concurrency: Int)

  /// Queries per second; nil where completions decide.
  public var rate: Double? {
    switch self {
    case .poisson(let rate), .gamma(let rate, _): rate
    case .closedLoop: nil
    }
  }
}

/// How the rate changes over the day.
public struct DailyProfile: Hashable, Sendable {
  /// 24 factors on the rate, one for each hour from midnight on.
  public var factors: [Double]
  /// Time of day at which the run starts.
  public var start: SimDuration

  /// The profile by which arrivals are drawn. Throws where the factors make none.
  func rateProfile() throws -> RateProfile { try RateProfile(hourlyMultipliers: factors) }
}

/// One kind of query within the mix.
public struct TaskShare: Sendable {
  public var name: String
  /// Relative to the sum over the mix.
  public var share: Double
  /// Difficulty ~ Beta(a, b); (1, 1) is the population that accuracies were published for.
  public var difficulty: (a: Double, b: Double)
  /// Tokens of the question, without the instructions that a strategy adds; a trace records its
  /// own and uses none of these.
  public var prompt: LengthSpecification
  /// Output tokens of each sample where the scenario fixes them instead of the answer model.
  public var output: LengthSpecification?
  /// Tokens of every later message of a session; nil where they are as the first.
  public var nextPrompt: LengthSpecification?
  /// What the task says of its askers itself.
  public var asker = AskerSpecification()
  /// How models answer; unjudged where the scenario gives only lengths.
  public var sheet: TaskSheet
}

/// A recorded stream of queries, or one drawn from recorded clients.
public struct TraceSpecification: Sendable {
  /// The only task of a trace without tasks: nobody knows which answers were right.
  public static let taskName = "trace"

  /// Nil where the content is to say it.
  public var format: TraceFormat?
  /// As the user gave it: errors in the trace name it so.
  public var path: String
  /// For any CSV: which columns hold what.
  public var columns: TraceColumns?
  public var rules = TraceRules()
  /// Of ServeGen's clients: factor on their rates.
  public var rateScale = 1.0
  /// What the recorded queries are taken to ask; empty where nobody says. With tasks, arrivals
  /// and prompts stay the trace's, and the answer model draws the outputs.
  public var tasks: [TaskShare] = []
  /// Columns of numbers for policies to see.
  public var features: [String] = []

  public init(path: String) { self.path = path }
}
