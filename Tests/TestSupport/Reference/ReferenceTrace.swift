import AnswerModels
public import DeviceModels
public import Quantities

/// Everything that happened in a reference run, fact by fact, each with its instant. All figures
/// of a window or an interval are sums over the facts that lie in it.
public struct ReferenceTrace {
  /// An iteration that one replica computed.
  public struct Iteration {
    public var replica: Int
    public var pool: Int
    public var start: SimTime
    public var end: SimTime
    public var shape: IterationShape
    public var prefillEnergy: Energy
    public var decodeEnergy: Energy
    /// Number of the replica's set of decode rows; equal numbers, equal rows.
    public var batch: Int
  }

  /// A token that a sample put out; `gap` is the time since its token before.
  public struct Output {
    public var time: SimTime
    public var gap: SimDuration?
  }

  /// So many of something at one instant.
  public struct Count: Sendable {
    public var time: SimTime
    public var count: Int

    public init(time: SimTime, count: Int) {
      self.time = time
      self.count = count
    }
  }

  /// The fleet after everything that happened at one instant.
  public struct State {
    public var time: SimTime
    /// Queries that have arrived and have not ended.
    public var queries: Int
    public var replicas: [ReferenceReplicaState]
  }

  /// What a run does not report and tests want to have seen.
  public struct Events {
    public var preemptions = 0
    public var evictions = 0
    /// Preempted samples that came back while a sibling held their prompt.
    public var sharedResumes = 0
    /// Chunks that did not complete their prompt.
    public var partialChunks = 0
    /// Requests preempted with part of their prompt computed.
    public var restartedPrompts = 0
    /// Samples that the length limit of the model cut short.
    public var cutSamples = 0
    /// Requests that arrived at the very end of an iteration.
    public var arrivalsAtEnds = 0
    /// Queries that a source named when another had ended.
    public var followUps = 0
    /// Queries that arrived later than the source said, for want of a place.
    public var heldBack = 0
    /// Of arms with a course, by `Attempt.Purpose`.
    public var attempts = Attempt.Purpose.allCases.map { _ in 0 }
    public var refusedAttempts = 0
    public var cancelledSamples = 0
    public var checkpoints = 0
    public var stoppedChains = 0
  }

  public var iterations: [Iteration] = []
  public var outputs: [Output] = []
  /// Prompt tokens computed for the first time, as each prompt is complete.
  public var prompts: [Count] = []
  /// Tokens computed that were in the KV cache before their request was preempted.
  public var recomputed: [Count] = []
  /// The others of prompts that were given up before they were complete.
  public var abandoned: [Count] = []
  public var arrivals: [SimTime] = []
  public var states: [State] = []
  public var events = Events()
}

/// One replica after everything that happened at one instant. Blocks are counted where they lie.
public struct ReferenceReplicaState: Hashable, Sendable {
  public var isBusy: Bool
  public var waiting: Int
  public var runningRows: Int
  public var vacantBlocks: Int
  /// Blocks of prefix blocks that nobody holds.
  public var unheldBlocks: Int
  public var heldPrefixBlocks: Int
  /// Blocks that a request or a row owns.
  public var ownedBlocks: Int
  public var blockCount: Int
}

/// Where replicas write their facts.
final class ReferenceLog {
  var trace = ReferenceTrace()

  func note(_ iteration: ReferenceIteration, of replica: ReferenceReplica) {
    let energy = iteration.energy
    trace.iterations.append(
      .init(
        replica: replica.index, pool: replica.poolIndex, start: iteration.start,
        end: iteration.end, shape: iteration.shape,
        prefillEnergy: Energy(quanta: energy.prefillOwn + energy.prefillShared),
        decodeEnergy: Energy(quanta: energy.decodeOwn + energy.decodeShared),
        batch: replica.batchNumber))
  }
}
