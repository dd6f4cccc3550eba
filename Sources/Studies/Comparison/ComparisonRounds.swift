internal import NumericalMethods
public import Scenarios

/// The runs of a comparison besides those of the scenario itself: the same policies under other
/// seeds, and under other draws of the calibration.
public struct ComparisonRounds: Sendable {
  /// By replication, then policy.
  public private(set) var replications: [[PreparedRun]] = []
  /// By draw, then policy.
  public private(set) var calibrationDraws: [[PreparedRun]] = []
  /// Contradicting draws that another took the place of.
  public private(set) var redrawn = 0

  /// Attempts at a draw before its error is the user's.
  private static let mostAttempts = 20

  /// `prepare` reads the scenario under a seed and prepares its runs, always in the same order.
  ///
  /// A draw whose constants contradict each other (an accuracy that no ability reaches) is drawn
  /// again.
  public init(
    _ specification: ComparisonSpecification, seed: UInt64,
    prepare: (_ seed: UInt64) throws -> [PreparedRun]
  ) throws {
    replications = try (1..<max(1, specification.replications)).map {
      try prepare(Self.seed(ofReplication: $0, from: seed))
    }
    for draw in 0..<specification.calibrationDraws {
      calibrationDraws.append(try self.draw(draw, seed, prepare))
    }
  }

  /// The first replication is the scenario's own seed.
  public static func seed(ofReplication index: Int, from seed: UInt64) -> UInt64 {
    guard index > 0 else { return seed }
    return RandomStream(seed: seed, purpose: "replication").bits(id: UInt64(index))
  }

  private mutating func draw(
    _ draw: Int, _ seed: UInt64, _ prepare: (UInt64) throws -> [PreparedRun]
  ) throws -> [PreparedRun] {
    var attempt = 0
    while true {
      do {
        return try CalibrationDraw(seed: seed, draw: draw, attempt: attempt)
          .reading { try prepare(seed) }
      } catch let error as InputError {
        attempt += 1
        redrawn += 1
        guard attempt < Self.mostAttempts else { throw error }
      }
    }
  }

  /// All runs, round by round.
  public var runs: [PreparedRun] { (replications + calibrationDraws).flatMap(\.self) }

  /// Executes all rounds; `study` holds the scenario's own.
  public func execute(
    beside study: StudyResult, on executor: RunExecutor,
    progress: (@Sendable (RunProgress) -> Void)? = nil
  ) async throws -> ComparisonSamples {
    let samples = try await executor.samples(
      of: runs, in: study.context, firstIndex: study.runs.count, progress: progress)
    var rounds: [[PolicySample]] = []
    var position = 0
    for round in replications + calibrationDraws {
      rounds.append(Array(samples[position..<position + round.count]))
      position += round.count
    }
    let own = ComparisonSamples(study).replications
    return ComparisonSamples(
      replications: own + rounds.prefix(replications.count),
      calibrationDraws: Array(rounds.dropFirst(replications.count)))
  }
}
