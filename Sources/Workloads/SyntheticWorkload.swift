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

  private let workload: SyntheticWorkload
  private let taskDraw: TaskMixDraw
  /// By task: the law of its outputs, where it has one; apart, so that a draw copies nothing.
  private let outputs: [TokenLengths]
  private let hasOutput: [Bool]
  private let gapStream: RandomStream
  private let startStream: RandomStream
  private let promptStream: RandomStream
  private let outputStream: RandomStream
  private var nextID: UInt64 = 0
  /// Sum of the gaps so far: the expected number of arrivals up to the last one.
  private var expectedCount = 0.0
  private var lastArrival = SimTime.zero

  public init(_ workload: SyntheticWorkload, seed: UInt64) {
    self.workload = workload
    taskDraw = TaskMixDraw(TaskMix(workload.tasks.map(\.mixPart)), seed: seed)
    outputs = workload.tasks.map { $0.outputTokens ?? .exactly(1) }
    hasOutput = workload.tasks.map { $0.outputTokens != nil }
    gapStream = RandomStream(seed: seed, purpose: "arrival gap")
    startStream = RandomStream(seed: seed, purpose: "start within the first gap")
    promptStream = RandomStream(seed: seed, purpose: "prompt tokens")
    outputStream = RandomStream(seed: seed, purpose: "output tokens")
  }

  /// Throws a `WorkloadError` where the next query would arrive after `longestSeconds`.
  public mutating func next() throws -> Query? {
    let id = nextID
    if let limit = workload.queryLimit, id >= limit { return nil }
    expectedCount += gap(before: id)
    let seconds = workload.arrivals.seconds(atExpectedCount: expectedCount)
    if let duration = workload.duration, seconds >= duration.seconds { return nil }
    guard seconds <= Self.longestSeconds else {
      throw WorkloadError(
        problem: "query \(id) would arrive more than 100 years after the first moment",
        expectation: "a higher rate, or a duration")
    }
    // Rounding within the inverse could otherwise put two near arrivals in the wrong order.
    let arrival = max(lastArrival, SimTime(rounding: seconds))
    if let duration = workload.duration, arrival.sinceStart >= duration { return nil }
    (nextID, lastArrival) = (id + 1, arrival)
    return query(id, at: arrival)
  }

  /// The expected number of arrivals between a query and the one before it, or time 0.
  private func gap(before id: UInt64) -> Double {
    guard let gaps = workload.arrivals.gaps else { return 0 }
    let uniform = gapStream.uniform(id: id)
    guard id == 0, let gapAtStart = workload.arrivals.gapAtStart else {
      return gaps.quantile(uniform)
    }
    return startStream.uniform(id: 0) * gapAtStart.quantile(uniform)
  }

  private func query(_ id: UInt64, at arrival: SimTime) -> Query {
    let drawn = taskDraw(id)
    let task = drawn.partIndex
    var query = Query(
      id: id, arrival: arrival, task: workload.tasks[task].mixPart.task,
      promptTokens: workload.tasks[task].promptTokens.tokens(promptStream.uniform(id: id)),
      difficulty: drawn.difficulty)
    if hasOutput[task] {
      query.recordedOutputTokens = outputs[task].tokens(outputStream.uniform(id: id))
    }
    return query
  }
}
