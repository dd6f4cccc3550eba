internal import NumericalMethods
public import Quantities

/// Traffic made from distributions.
public struct SyntheticWorkload: Sendable {
  /// One kind of query in the mix.
  public struct Task: Sendable {
    public var mixPart: TaskMix.Part
    public var promptTokens: TokenLengths
    /// Where no answer model draws the output.
    public var outputTokens: TokenLengths?

    public init(
      mixPart: TaskMix.Part, promptTokens: TokenLengths, outputTokens: TokenLengths? = nil
    ) {
      self.mixPart = mixPart
      self.promptTokens = promptTokens
      self.outputTokens = outputTokens
    }
  }

  public var arrivals: ArrivalProcess
  public var tasks: [Task]
  /// Arrivals at or after it do not come.
  public var duration: SimDuration?
  public var queryLimit: Int?

  /// Without a duration and a limit the stream has no end.
  public init(
    arrivals: ArrivalProcess, tasks: [Task], duration: SimDuration? = nil, queryLimit: Int? = nil
  ) {
    precondition(!tasks.isEmpty, "a workload without tasks")
    self.arrivals = arrivals
    self.tasks = tasks
    self.duration = duration
    self.queryLimit = queryLimit
  }
}

/// The queries of a synthetic workload.
///
/// Every draw is a function of (seed, purpose, id of the query), the gap before it included: a
/// change of one distribution leaves the uniforms behind all other draws as they were.
public struct SyntheticSource: QuerySource {
  /// A hundred years: no query may arrive later, which keeps every time of a run within the whole
  /// nanoseconds that 64 bits hold (292 years).
  public static let longestSeconds: Double = 100 * 366 * 86_400

  private let taskDraw: TaskMixDraw
  /// By task: what they are, the laws of their prompts, and those of their outputs where they
  /// have one.
  private let taskIndices: [Int]
  private let prompts: [TokenLengths]
  private let outputs: [TokenLengths?]
  private let promptStream: RandomStream
  private let outputStream: RandomStream
  private var clock: ArrivalClock

  public init(_ workload: SyntheticWorkload, seed: UInt64) {
    taskDraw = TaskMixDraw(TaskMix(workload.tasks.map(\.mixPart)), seed: seed)
    taskIndices = workload.tasks.map(\.mixPart.task)
    prompts = workload.tasks.map(\.promptTokens)
    outputs = workload.tasks.map(\.outputTokens)
    promptStream = RandomStream(seed: seed, purpose: "prompt tokens")
    outputStream = RandomStream(seed: seed, purpose: "output tokens")
    clock = ArrivalClock(
      workload.arrivals, duration: workload.duration, limit: workload.queryLimit, seed: seed)
  }

  /// Throws a `WorkloadError` where the next query would arrive after `longestSeconds`.
  public mutating func next() throws -> Query? {
    guard let (id, arrival) = try clock.next() else { return nil }
    let (part, difficulty) = taskDraw(id)
    return Query(
      id: id, arrival: arrival, task: taskIndices[part],
      promptTokens: prompts[part].tokens(promptStream.uniform(id: id)),
      recordedOutputTokens: outputs[part]?.tokens(outputStream.uniform(id: id)),
      difficulty: difficulty)
  }
}
