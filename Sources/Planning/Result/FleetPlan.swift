internal import Studies

/// The answer to a plan's question.
public struct FleetPlan: Sendable {
  public var question: PlanQuestion
  /// Every family with what became of it, the chosen one first, then by what they would take.
  public var families: [FamilyVerdict]
  /// Nil where no family does what is asked.
  public var chosen: PlannedFleet?
  /// The fleet in place at the same load, if there is one.
  public var inPlace: PlannedFleet?
  /// Every fleet that was simulated at the peak, by family in the order of the search.
  public var tried: [TriedFleet]
  /// What to know before believing it.
  public var warnings: [String]
  public var version: String
  public var calibrationSHA256: String
}

/// What became of one family.
public struct FamilyVerdict: Sendable {
  public enum Outcome: Sendable {
    /// Meets, with these replicas by pool.
    case meets(replicas: [Int], FleetEconomics)
    /// Would take at least so much of the goal's unit, by its means, more than another takes.
    case outbid(least: Double)
    /// Cannot be, or not well enough.
    case fails(reason: String)
  }

  public var family: PlanFamily
  public var outcome: Outcome
}

/// A fleet, and how sure it is that it does what is asked.
public struct PlannedFleet: Sendable {
  /// Spare replicas included.
  public var fleet: PlacedFleet
  public var spareReplicas: Int
  public var economics: FleetEconomics
  /// Without its spare replicas, at the peak, with seeds that the search has not seen.
  public var verification: Verification
  /// One replica of each pool in turn less; empty where there is only one.
  public var oneLess: [OneLess]
  /// Multiple of the plan's rate (growth included) up to which the fleet meets; nil for a trace.
  public var capacityFactor: Double?
  /// By pool: the command that serves it.
  public var serveCommands: [String]
  /// One of the trials, at the peak.
  public var trial: FleetTrial

  public struct OneLess: Sendable {
    /// Index of the pool.
    public var pool: Int
    public var verification: Verification
  }
}

/// In how many of so many replications a fleet met what is asked.
public struct Verification: Sendable {
  public var met: Int
  public var trials: [FleetTrial]

  public var count: Int { trials.count }
  public var meanAttainment: Double {
    trials.reduce(0) { $0 + $1.attainment } / Double(trials.count)
  }
  /// The lowest of the replications.
  public var leastAttainment: Double { trials.map(\.attainment).min() ?? 0 }
  /// Share of right answers over all replications; nil where nobody can say.
  public var accuracy: Double? {
    let all = trials.compactMap(\.accuracy)
    let judged = all.reduce(0) { $0 + $1.trials }
    return judged > 0 ? Double(all.reduce(0) { $0 + $1.successes }) / Double(judged) : nil
  }
  /// The latency that comes nearest to its bound in any replication, with its largest value.
  public var binding: LatencyMargin? { margins.first }

  /// Every latency that is asked for, at its largest over the replications, nearest to its bound
  /// first.
  public var margins: [LatencyMargin] {
    var largest: [String: LatencyMargin] = [:]
    for margin in trials.flatMap(\.latencies)
    where margin.ratio > largest[margin.name]?.ratio ?? -1 { largest[margin.name] = margin }
    return largest.values.sorted { ($1.ratio, $0.name) < ($0.ratio, $1.name) }
  }

  init(_ trials: [FleetTrial], share: Double) {
    self.trials = trials
    met = trials.count { $0.meets(share) }
  }

  /// Met in all but one of twenty.
  var isConfident: Bool { met * 20 >= count * 19 }
}
