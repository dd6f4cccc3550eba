internal import FleetEngine
internal import Scenarios
internal import Studies
internal import Synchronization

/// What each arm of a family is asked for, from a short run of its own policy.
struct ArmLoad: Hashable, Sendable {
  /// Requests that the arm served.
  var requests = 0
  var promptTokens = 0
  /// All samples, reasoning included.
  var outputTokens = 0
  var samples = 0

  mutating func add(_ record: RequestRecord) {
    requests += 1
    promptTokens += record.promptTokens - record.cachedPromptTokens
    outputTokens += record.outputTokens
    samples += record.samples
  }
}

/// What a family's arms are asked for, and how often they are right.
struct LoadPilot: Sendable {
  var arms: [ArmLoad]
  var accuracy: Proportion?
  /// Requests that ended, over the time from first to last.
  var requestsPerSecond: Double

  var requests: Int { arms.reduce(0) { $0 + $1.requests } }

  /// Adds what it is told to sums that outlive the run.
  private struct Recorder: RunRecorder {
    let sums: LoadSums
    private var arms: [ArmLoad] = []

    init(sums: LoadSums) { self.sums = sums }

    mutating func requestEnded(_ record: RequestRecord) {
      guard record.outcome == .completed, record.arm >= 0 else { return }
      while arms.count <= record.arm { arms.append(ArmLoad()) }
      arms[record.arm].add(record)
    }
    mutating func intervalEnded(_ interval: FleetInterval) {}
    mutating func finish() { sums.arms.withLock { $0 = arms } }
  }

  private final class LoadSums: Sendable {
    let arms = Mutex<[ArmLoad]>([])
  }

  /// Lengths and answers depend on no load, so any fleet that serves the family will do.
  static func run(_ scenario: Scenario, armCount: Int) async throws -> LoadPilot {
    let sums = LoadSums()
    let runs = try await RunExecutor(threadLimit: 1).execute([try scenario.prepare(policy: 0)]) {
      _ in Recorder(sums: sums)
    }
    var arms = sums.arms.withLock { $0 }
    while arms.count < armCount { arms.append(ArmLoad()) }
    let figures = PolicyFigures(runs[0], in: StudyContext(scenario, version: ""))
    let completed = Double(runs[0].result.requests.completed)
    return LoadPilot(
      arms: arms, accuracy: figures.accuracy,
      requestsPerSecond: figures.windowSeconds > 0 ? completed / figures.windowSeconds : 0)
  }
}
