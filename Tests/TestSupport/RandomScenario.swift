import AnswerModels
import DeviceModels
public import FleetEngine
import Quantities
public import Workloads

/// A small fleet and traffic drawn from a seed, valid and as awkward as possible.
///
/// Swarm testing (Groce and others, ISSTA 2012): each feature is switched off in some scenarios,
/// so that the others meet more often than they would if all were always on.
public struct RandomScenario: CustomStringConvertible {
  public let seed: UInt64
  public var fleet: FleetConfiguration
  public var queries: [Query]
  public var answers: FixedAnswers
  public var policy: ViewHashPolicy
  private let features: Features

  /// What a scenario may do; drawn once per scenario.
  struct Features {
    var smallCaches: Bool
    var smallBudgets: Bool
    var votes: Bool
    var shortOutputs: Bool
    var longPrompts: Bool
    var simultaneousArrivals: Bool
    var refusals: Bool
    var reasoning: Bool
    var crowded: Bool
    /// Round times, so that arrivals and ends of several replicas fall on one instant.
    var evenCosts: Bool
    /// Ticks in a unit of the scenario's times.
    var ticksPerUnit: Int128
    /// Quanta in a unit of the scenario's energies.
    var quantaPerUnit: Int128

    init(using random: inout SplitMix64) {
      smallCaches = !random.oneIn(4)
      smallBudgets = !random.oneIn(3)
      votes = !random.oneIn(3)
      shortOutputs = random.oneIn(3)
      longPrompts = random.oneIn(2)
      simultaneousArrivals = !random.oneIn(3)
      refusals = random.oneIn(4)
      reasoning = random.oneIn(2)
      crowded = !random.oneIn(4)
      evenCosts = random.oneIn(3)
      ticksPerUnit = [1, 1_024_000, 345_678_901][Int.random(in: 0..<3, using: &random)]
      quantaPerUnit = [1, 1_000_003, 1_000_000_000_000_037][Int.random(in: 0..<3, using: &random)]
    }
  }

  public init(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.seed = seed
    features = Features(using: &random)
    fleet = Self.fleet(with: features, using: &random)
    queries = Self.queries(with: features, using: &random)
    answers = Self.answers(with: features, arms: fleet.arms.count, using: &random)
    policy = ViewHashPolicy(
      seed: random.next(),
      rejectsOneIn: features.refusals ? UInt64.random(in: 2...12, using: &random) : 0)
  }

  /// What the engine makes of it.
  public func run() throws -> FinishedRun {
    try serve(queries, on: fleet, answers: answers, policy: policy)
  }

  /// What the reference makes of it.
  public func reference() throws -> ReferenceResult {
    try ReferenceSimulator(fleet: fleet, answers: answers, policy: policy).run(queries)
  }

  public var description: String {
    let pools = fleet.pools.map { pool in
      "  pool \(pool.replicaCount) × \(pool.limits)\n    \(pool.model)"
    }
    let arms = fleet.arms.map { "  arm of \($0.samples) samples on pools \($0.pools)" }
    let arrivals = queries.map { query in
      let lengths = fleet.arms.indices.map { arm in
        (0..<fleet.arms[arm].samples).map {
          answers.lengths(of: query, arm: arm, sample: $0).outputTokens
        }
      }
      return "  query \(query.id) at \(query.arrival.ticks), prompt \(query.promptTokens), "
        + "outputs by arm \(lengths)"
    }
    return (["RandomScenario(seed: \(seed))", "  \(features)"] + pools + arms + arrivals)
      .joined(separator: "\n")
  }

  // MARK: Drawing

  private static func fleet(
    with features: Features, using random: inout SplitMix64
  ) -> FleetConfiguration {
    let poolCount = Int.random(in: 1...2, using: &random)
    var pools: [PoolConfiguration] = []
    for index in 0..<poolCount {
      pools.append(
        PoolConfiguration(
          name: "pool \(index)", replicaCount: Int.random(in: 1...2, using: &random),
          gpusPerReplica: 1, limits: limits(with: features, using: &random),
          model: model(with: features, using: &random)))
    }
    let rows = pools.map(\.limits.batchRowLimit).min() ?? 1
    var arms: [ArmConfiguration] = []
    for index in 0..<Int.random(in: 1...3, using: &random) {
      arms.append(
        ArmConfiguration(
          name: "arm \(index)",
          pools: random.oneIn(3)
            ? Array(0..<poolCount) : [Int.random(in: 0..<poolCount, using: &random)],
          samples: features.votes ? Int.random(in: 1...min(5, rows), using: &random) : 1))
    }
    return FleetConfiguration(
      pools: pools, arms: arms,
      seriesInterval: SimDuration(
        ticks: features.ticksPerUnit * Int128.random(in: 1000...20_000, using: &random)))
  }

  private static func limits(
    with features: Features, using random: inout SplitMix64
  ) -> EngineLimits {
    let tokensPerBlock =
      random.oneIn(3)
      ? 1 << Int.random(in: 0...4, using: &random)
      : Int.random(in: 1...16, using: &random)
    let rows = features.crowded ? Int.random(in: 1...8, using: &random) : 64
    let maxModelTokens = Int.random(in: 40...140, using: &random)
    let blocksOfLongest = (maxModelTokens + tokensPerBlock - 1) / tokensPerBlock
    let blocks =
      features.smallCaches
      ? Int.random(in: max(1, blocksOfLongest / 2)...(blocksOfLongest * 3 / 2 + 3), using: &random)
      : 100_000
    return EngineLimits(
      batchRowLimit: rows,
      iterationTokenBudget: features.smallBudgets
        ? max(1, rows + Int.random(in: -6...6, using: &random)) : 4096,
      tokensPerBlock: tokensPerBlock, kvBlockCount: blocks, maxModelTokens: maxModelTokens)
  }

  private static func model(
    with features: Features, using random: inout SplitMix64
  ) -> AffineIterationModel {
    func weight(_ most: Int128) -> Int128 {
      let chosen = Int128.random(in: 0...most, using: &random)
      return features.evenCosts ? chosen / 10 * 10 : chosen
    }
    let unit = features.ticksPerUnit
    let quantum = features.quantaPerUnit
    return AffineIterationModel(
      ticks: ShapeWeights(
        constant: unit * (10 + weight(200)), perDecodeRow: unit * weight(20),
        perContextToken: unit * weight(2), perPrefillToken: unit * weight(30),
        perChunk: unit * weight(10), perAttentionPair: unit * weight(1)),
      quanta: ShapeWeights(
        constant: quantum * weight(5_000), perDecodeRow: quantum * weight(300),
        perContextToken: quantum * weight(7), perPrefillToken: quantum * weight(500),
        perChunk: quantum * weight(50), perAttentionPair: quantum * weight(3)),
      decodeAttentionQuanta: quantum * weight(9), prefillAttentionQuanta: quantum * weight(5),
      idlePower: Power(quanta: weight(40)))
  }

  private static func queries(
    with features: Features, using random: inout SplitMix64
  ) -> [Query] {
    let meanGap = Int128.random(in: 20...1_500, using: &random)
    let longestPrompt = features.longPrompts ? 110 : 30
    var now: Int128 = 0
    var queries: [Query] = []
    for id in 0..<Int.random(in: 5...40, using: &random) {
      if !(features.simultaneousArrivals && random.oneIn(2)) {
        now += Int128.random(in: 0...(2 * meanGap), using: &random)
        if features.evenCosts { now = now / 10 * 10 }
      }
      queries.append(
        Query(
          id: UInt64(id), arrival: SimTime(ticks: now * features.ticksPerUnit),
          task: Int.random(in: 0...2, using: &random),
          promptTokens: Int.random(in: 1...longestPrompt, using: &random)))
    }
    return queries
  }

  private static func answers(
    with features: Features, arms: Int, using random: inout SplitMix64
  ) -> FixedAnswers {
    let salt = random.next()
    let longestOutput: UInt64 = features.shortOutputs ? 4 : 40
    let reasons = features.reasoning
    return FixedAnswers(
      addedPromptTokens: (0..<arms).map { _ in Int.random(in: 0...5, using: &random) },
      isCorrect: { query, arm in
        let hash = SplitMix64.mixed(salt ^ (query.id << 8 | UInt64(arm)))
        return hash % 3 == 0 ? nil : hash % 3 == 1
      },
      lengths: { query, arm, sample in
        let hash = SplitMix64.mixed(salt &+ (query.id << 16 | UInt64(arm) << 8 | UInt64(sample)))
        let output = Int(hash % longestOutput) + 1
        let reasoning = reasons ? Int((hash >> 32) % UInt64(output)) : 0
        return SampleLengths(reasoningTokens: reasoning, answerTokens: output - reasoning)
      })
  }
}
