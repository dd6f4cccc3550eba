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
  private let workload: SyntheticWorkload
  private let taskDraw: TaskMixDraw
  private let gapStream: RandomStream
  private let promptStream: RandomStream
  private let outputStream: RandomStream
  private var nextID: UInt64 = 0
  /// Sum of the gaps so far: the expected number of arrivals up to the last one.
  private var expectedCount = 0.0
  private var lastArrival = SimTime.zero

  public init(_ workload: SyntheticWorkload, seed: UInt64) {
    self.workload = workload
    taskDraw = TaskMixDraw(TaskMix(workload.tasks.map(\.mixPart)), seed: seed)
    gapStream = RandomStream(seed: seed, purpose: "arrival gap")
    promptStream = RandomStream(seed: seed, purpose: "prompt tokens")
    outputStream = RandomStream(seed: seed, purpose: "output tokens")
  }

  public mutating func next() -> Query? {
    let id = nextID
    if let limit = workload.queryLimit, id >= limit { return nil }
    if let gaps = workload.arrivals.gaps {
      expectedCount += gaps.quantile(gapStream.uniform(id: id))
    }
    let seconds = workload.arrivals.seconds(atExpectedCount: expectedCount)
    // Rounding within the inverse could otherwise put two near arrivals in the wrong order.
    let arrival = max(lastArrival, SimTime(rounding: seconds))
    if let duration = workload.duration, arrival.sinceStart >= duration { return nil }
    (nextID, lastArrival) = (id + 1, arrival)
    return query(id, at: arrival)
  }

  private func query(_ id: UInt64, at arrival: SimTime) -> Query {
    let drawn = taskDraw(id)
    let task = workload.tasks[drawn.partIndex]
    return Query(
      id: id, arrival: arrival, task: task.mixPart.task,
      promptTokens: task.promptTokens.tokens(promptStream.uniform(id: id)),
      recordedOutputTokens: task.outputTokens?.tokens(outputStream.uniform(id: id)),
      difficulty: drawn.difficulty)
  }
}
