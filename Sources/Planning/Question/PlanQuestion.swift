/// What a plan makes as small as it can.
public enum PlanGoal: String, CaseIterable, Sendable {
  case energy, cost, carbon
}

/// What the fleet is to be and to do: everything but the answer.
public struct PlanQuestion: Sendable {
  /// The file's name without its extension.
  public var name: String
  /// The file as the user gave it.
  public var file: String
  /// The file's own words for what it asks; may be empty.
  public var question: String
  /// The file as it was read.
  public var planText: String
  /// A scenario without fleet, arms and policies.
  public var text: String
  public var seed: UInt64
  public var demand: PlanDemand
  /// Share of requests that must meet all of the objective.
  public var attainment: Double
  /// Least share of right answers; nil where nobody asks.
  public var accuracyFloor: Double?
  public var goal: PlanGoal
  public var families: [PlanFamily]
  public var limits: PlanLimits
  /// The fleet that stands there now, if any.
  public var inPlace: PlacedFleet?
  public var prices: PriceSheet?
  public var grid: GridSheet?

  /// GPUs of the candidates and of the fleet in place, in alphabetical order.
  var gpuNames: [String] {
    let pools = families.flatMap(\.pools) + (inPlace?.family.pools ?? [])
    return Set(pools.map(\.gpu)).sorted()
  }
}

/// How much comes, and when.
public struct PlanDemand: Hashable, Sendable {
  /// Arrivals a second (queries, or sessions) with all multipliers at 1; nil where a trace says.
  public var rate: Double?
  /// What the traffic is expected to grow to, as a multiple of today's.
  public var growth: Double
  /// Rate by hour of the day, as multiples of `rate`; 24 of them, or one where it is constant.
  public var hourlyFactors: [Double]

  /// The multiple of `rate` that the fleet is sized for.
  public var peakFactor: Double { growth * (hourlyFactors.max() ?? 1) }
  /// Multiples of `rate` by hour of the day, growth included.
  public var factorByHour: [Double] {
    (0..<24).map { growth * hourlyFactors[hourlyFactors.count == 1 ? 0 : $0] }
  }
}

/// What there is to build from, and what the building bears.
public struct PlanLimits: Hashable, Sendable {
  /// By GPU name; nil where there are as many as it takes.
  public var inventory: [String: NodeStock]?
  /// Peak of the facility's power, kW.
  public var mostKilowatts: Double?
  /// Replicas of each pool that may be down while the objective is still met.
  public var spareReplicas: Int
  /// Replicas of a pool beyond which the search gives up.
  public var mostReplicas: Int

  /// Nodes of one kind of GPU.
  public struct NodeStock: Hashable, Sendable {
    public var nodes: Int
    public var gpusPerNode: Int
    public var gpus: Int { nodes * gpusPerNode }

    /// Replicas of so many GPUs that find room: none spans nodes.
    func replicas(ofGPUs count: Int) -> Int { nodes * (gpusPerNode / count) }
  }
}

/// Replicas of one model in one layout: what a candidate is made of.
public struct PlanPool: Hashable, Sendable {
  public var model: String
  public var gpu: String
  public var tensorParallel: Int
  /// Power limit of each GPU, W; nil as shipped.
  public var capWatts: Double?
  /// Keys of `engine` in YAML's flow style; empty for the defaults.
  public var engine: String
}

/// A kind of fleet: what runs on what, but not how many.
public struct PlanFamily: Hashable, Sendable {
  /// One arm, or the two of a mix.
  public var arms: [Arm]
  /// How a mix chooses, as the `choose` of a policy without its arms, in YAML; empty for one arm.
  public var choice: String

  public struct Arm: Hashable, Sendable {
    public var pool: PlanPool
    public var strategy: String
  }

  /// Arms on the same pool share it.
  public var pools: [PlanPool] {
    arms.map(\.pool).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// In a line: `qwen2.5-7b direct on h100-sxm`.
  public var title: String {
    let parts = arms.map { arm in
      let degree = arm.pool.tensorParallel > 1 ? " × \(arm.pool.tensorParallel)" : ""
      let cap = arm.pool.capWatts.map { " at \(Int($0)) W" } ?? ""
      let engine = arm.pool.engine.isEmpty ? "" : " \(arm.pool.engine)"
      return "\(arm.pool.model) \(arm.strategy) on \(arm.pool.gpu)\(degree)\(cap)\(engine)"
    }
    return parts.joined(separator: " | ")
  }
}

/// A fleet with its numbers: one of each pool of a family.
public struct PlacedFleet: Hashable, Sendable {
  public var family: PlanFamily
  /// By pool of the family.
  public var replicas: [Int]

  public init(family: PlanFamily, replicas: [Int]) {
    self.family = family
    self.replicas = replicas
  }

  /// GPUs by name of GPU.
  public var gpusByName: [String: Int] {
    zip(family.pools, replicas).reduce(into: [:]) {
      $0[$1.0.gpu, default: 0] += $1.0.tensorParallel * $1.1
    }
  }

  public var gpuCount: Int { gpusByName.values.reduce(0, +) }
}
