/// Which replica of the arm a query gets.
public struct RouteSpecification: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case leastLoaded = "least-loaded"
    case roundRobin = "round-robin"
    case random
    case powerOfTwo = "power-of-two"
    case leastKV = "least-kv"
    case sessionAffinity = "session-affinity"
    case prefixAffinity = "prefix-affinity"
    case sloPacking = "slo-packing"
    case energyGreedy = "energy-greedy"
    case energyConsolidate = "energy-consolidate"

    public var summary: String {
      switch self {
      case .leastLoaded: "the replica that owes the fewest answers, running work included"
      case .roundRobin: "each replica in its turn, whatever its load"
      case .random: "any replica, whatever its load"
      case .powerOfTwo: "the less loaded of two drawn at random"
      case .leastKV: "the replica with the least share of its KV cache in use"
      case .sessionAffinity:
        "the replica that served the session's last turn, else the least loaded"
      case .prefixAffinity:
        "the replica that last got the longest part of the prompt, unless it is overloaded"
      case .sloPacking: "the most loaded replica whose projected latencies meet the slo"
      case .energyGreedy: "the fewest further joules among replicas that meet the slo"
      case .energyConsolidate: "the busiest replica that has room, so that others stay idle"
      }
    }

    /// As a scenario writes it.
    public var usage: String {
      switch self {
      case .sloPacking, .energyGreedy: "route: {by: \(rawValue), expected_output: 300}"
      case .energyConsolidate: "route: {by: \(rawValue), fill: 0.8}"
      default: "route: \(rawValue)"
      }
    }
  }

  public var kind: Kind
  /// Tokens of an answer, where the route projects latencies.
  public var expectedOutputTokens = 0
  /// Share of a batch's rows up to which replicas are filled.
  public var fill = 1.0
  /// Most load that a replica may have beyond the least loaded one's.
  public var excessLoad = 16

  public init(_ kind: Kind) { self.kind = kind }

  public static let leastLoaded = Self(.leastLoaded)
  public static let roundRobin = Self(.roundRobin)
  public static let sessionAffinity = Self(.sessionAffinity)
}
