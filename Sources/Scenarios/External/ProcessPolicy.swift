internal import AnswerModels
internal import FleetEngine
internal import Policies
internal import Quantities
internal import Workloads

/// A policy whose decisions another process takes.
///
/// Decisions that do not need the fleet at the moment of the arrival are asked for in batches, of
/// queries that the policy's own copy of the stream holds ready: the process is shown the same as
/// one by one.
struct ProcessPolicy: ServingPolicy {
  /// What a run needs to begin a conversation.
  struct Setup: Sendable {
    var specification: ProcessSpecification
    var names: ProcessConversation.Names
    var speed: ProcessSpeed
    var estimator: (any DifficultyEstimator)?
    /// The stream of the run, once more.
    var makeSource: @Sendable () throws -> any QuerySource
  }

  private let setup: Setup
  private var replica: any ReplicaChoice
  private var conversation: ProcessConversation?
  private let ahead: QueriesAhead
  /// By query, those that are decided and not yet asked for.
  private var decided: [UInt64: DecisionLine] = [:]

  /// Enough that neither side waits long for the other, and little enough to hold.
  private static let batchSize = 4_096

  init(_ setup: Setup, replica: any ReplicaChoice) {
    self.setup = setup
    self.replica = replica
    ahead = QueriesAhead(setup.makeSource)
  }

  mutating func decide(_ request: RequestView, in fleet: FleetView) throws -> Decision {
    if let line = decided.removeValue(forKey: request.id) { return take(line, request, fleet) }
    let conversation = try conversation(fleet)
    var requests: [RequestView] = []
    switch setup.specification.mode {
    case .lockStep: break
    case .independent:
      requests = try ahead.views(most: Self.batchSize, until: nil, estimator: setup.estimator)
    case .window:
      requests = try ahead.views(most: .max, until: fleet.now, estimator: setup.estimator)
    }
    // Answers to what came before are not in the stream: they are asked about by themselves.
    if !requests.contains(where: { $0.id == request.id }) { requests.append(request) }
    let isBlind = setup.specification.mode == .independent
    let lines = try conversation.decide(requests, in: isBlind ? nil : fleet)
    for (asked, line) in zip(requests, lines) { decided[asked.id] = line }
    guard let line = decided.removeValue(forKey: request.id) else { return .reject }
    return take(line, request, fleet)
  }

  private mutating func conversation(_ fleet: FleetView) throws -> ProcessConversation {
    if let conversation { return conversation }
    let fresh = try ProcessConversation(
      setup.specification, names: setup.names, fleet: fleet, speed: setup.speed)
    conversation = fresh
    return fresh
  }

  private mutating func take(
    _ line: DecisionLine, _ request: RequestView, _ fleet: FleetView
  ) -> Decision {
    guard !line.isRejected, let arm = line.arm else { return .reject }
    let candidates = fleet.replicasByArm[arm]
    guard !candidates.isEmpty else { return .reject }
    if let replica = line.replica { return .serve(arm: arm, replica: replica) }
    return .serve(arm: arm, replica: replica.choose(for: request, among: candidates, in: fleet))
  }
}

/// A policy's own copy of the stream, read ahead of the run.
private final class QueriesAhead: @unchecked Sendable {
  private let makeSource: @Sendable () throws -> any QuerySource
  private var source: (any QuerySource)?
  private var next: Query?
  private var hasBegun = false

  init(_ makeSource: @escaping @Sendable () throws -> any QuerySource) {
    self.makeSource = makeSource
  }

  /// The next queries as a policy may see them: at most so many, none that arrives after `end`.
  func views(
    most: Int, until end: SimTime?, estimator: (any DifficultyEstimator)?
  ) throws -> [RequestView] {
    if !hasBegun {
      source = try makeSource()
      next = try source?.next()
      hasBegun = true
    }
    var views: [RequestView] = []
    while views.count < most, let query = next {
      if let end, query.arrival > end { break }
      views.append(
        RequestView(
          query, at: query.arrival, estimatedDifficulty: estimator?.estimate(query)))
      next = try source?.next()
    }
    return views
  }
}
