import AnswerModels
import DeviceModels
public import FleetEngine
import Quantities
public import Workloads

/// A small fleet and traffic drawn from a seed, valid and as awkward as possible.
///
/// Swarm testing (Groce and others, ISSTA 2012): each feature is switched off in some scenarios,
/// so that the others meet more often than they would if all were always on.
public struct RandomScenario {
  public let seed: UInt64
  public var fleet: FleetConfiguration
  /// What the source gives by itself, in its order.
  public var queries: [Query]
  /// What the source names when a query has ended, by the number of that query.
  public var followUps: [UInt64: ListSource.FollowUp]
  public var answers: FixedAnswers
  public var policy: ViewHashPolicy
  public var depth: ViewHashDepth?
  let features: Features

  public init(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.seed = seed
    features = Features(using: &random)
    fleet = Self.fleet(with: features, using: &random)
    var traffic = Traffic(features: features, fleet: fleet, random: random)
    (queries, followUps) = traffic.draw()
    answers = traffic.answers(arms: fleet.arms.count)
    random = traffic.random
    policy = ViewHashPolicy(
      seed: random.next(),
      rejectsOneIn: features.refusals ? UInt64.random(in: 2...12, using: &random) : 0)
    drawCourses()
  }

  /// What the engine makes of it.
  public func run() throws -> FinishedRun {
    try serve(
      queries, followUps: followUps, on: fleet, answers: answers, policy: policy, depth: depth)
  }

  /// What the reference makes of it.
  public func reference() throws -> ReferenceResult {
    try ReferenceSimulator(fleet: fleet, answers: answers, policy: policy, depth: depth)
      .run(ListSource(queries, followUps: followUps))
  }

  /// Every query, those that follow others too, in order of their numbers.
  public var allQueries: [Query] {
    (queries + followUps.values.map(\.query)).sorted { $0.id < $1.id }
  }

  /// The same without one query and what follows it; nil if it is not there.
  func without(_ id: UInt64) -> RandomScenario? {
    var smaller = self
    var doomed: UInt64? = id
    var found = queries.contains { $0.id == id }
    smaller.queries.removeAll { $0.id == id }
    for (earlier, followUp) in followUps where followUp.query.id == id {
      smaller.followUps[earlier] = nil
      found = true
    }
    while let gone = doomed { doomed = smaller.followUps.removeValue(forKey: gone)?.query.id }
    return found ? smaller : nil
  }
}
