import DeviceModels
import FleetEngine
import Quantities

/// Drawing fleets.
extension RandomScenario {
  /// Tokens of most prefix blocks; blocks of the caches divide it.
  static let prefixBlockTokens = 12

  static func fleet(
    with features: Features, using random: inout SplitMix64
  ) -> FleetConfiguration {
    let poolCount = Int.random(in: 1...2, using: &random)
    let pools = (0..<poolCount).map { pool(number: $0, with: features, using: &random) }
    var fleet = FleetConfiguration(
      pools: pools, arms: arms(pools: pools, with: features, using: &random),
      seed: random.next(), arrivals: arrivals(with: features, using: &random),
      seriesInterval: duration(in: 1_000...20_000, with: features, using: &random))
    fleet.window = window(with: features, using: &random)
    spreadPower(&fleet)
    if features.objective {
      fleet.objective = ServiceLevelObjective(
        timeToFirstToken: duration(in: 100...5_000, with: features, using: &random),
        timePerOutputToken: duration(in: 100...500, with: features, using: &random))
    }
    return fleet
  }

  /// Every third fleet has nodes that draw more or less; a stream of its own, so that what else
  /// is drawn does not shift.
  private static func spreadPower(_ fleet: inout FleetConfiguration) {
    var random = SplitMix64(seed: fleet.seed)
    guard random.oneIn(3) else { return }
    for pool in fleet.pools.indices {
      fleet.pools[pool].powerFactors = (0..<fleet.pools[pool].replicaCount).map { _ in
        PowerFactor(rounding: Double.random(in: 0.8...1.2, using: &random))
      }
    }
  }

  static func duration(
    in range: ClosedRange<Int128>, with features: Features, using random: inout SplitMix64
  ) -> SimDuration {
    let units = Int128.random(in: range, using: &random)
    let even = features.evenCosts ? max(10, units / 10 * 10) : units
    return SimDuration(ticks: even * features.ticksPerUnit)
  }

  private static func arms(
    pools: [PoolConfiguration], with features: Features, using random: inout SplitMix64
  ) -> [ArmConfiguration] {
    let rows = pools.map(\.limits.batchRowLimit).min() ?? 1
    return (0..<Int.random(in: 1...3, using: &random)).map { index in
      ArmConfiguration(
        name: "arm \(index)",
        pools: random.oneIn(3)
          ? Array(pools.indices) : [Int.random(in: pools.indices, using: &random)],
        samples: features.votes ? Int.random(in: 1...min(5, rows), using: &random) : 1)
    }
  }

  private static func arrivals(
    with features: Features, using random: inout SplitMix64
  ) -> ArrivalMode {
    switch features.arrivals {
    case .open: .open
    case .capped: .capped(concurrency: Int.random(in: 1...8, using: &random))
    case .closedLoop: .closedLoop(concurrencyPerReplica: Int.random(in: 1...4, using: &random))
    }
  }

  private static func window(
    with features: Features, using random: inout SplitMix64
  ) -> MeasurementWindow {
    guard features.window else { return .wholeRun }
    if features.arrivals == .closedLoop, !random.oneIn(3) { return .steadyState }
    let longest: Int128 = features.longOutputs ? 120_000 : 30_000
    let bounds = (0..<2).map { _ in
      SimTime.zero + duration(in: 0...longest, with: features, using: &random)
    }.sorted()
    return .between(random.oneIn(4) ? .zero : bounds[0], bounds[1])
  }

  // MARK: Pools

  private static func pool(
    number: Int, with features: Features, using random: inout SplitMix64
  ) -> PoolConfiguration {
    var limits = limits(with: features, using: &random)
    var rules = EngineRules()
    rules.order = SchedulingOrder.allCases[Int.random(in: 0..<3, using: &random)]
    rules.cachesPrefixes = features.prefixCaching
    if features.wholePrompts {
      rules.chunksPrefill = false
      limits.iterationTokenBudget =
        limits.maxModelTokens + Int.random(in: 0...20, using: &random)
    }
    if features.watermark {
      rules.watermarkBlocks = Int.random(in: 0...max(1, limits.kvBlockCount / 4), using: &random)
    }
    if features.waitingLimit { rules.waitingLimit = Int.random(in: 1...6, using: &random) }
    return PoolConfiguration(
      name: "pool \(number)", replicaCount: random.oneIn(2) ? 1 : 2, gpusPerReplica: 1,
      limits: limits, rules: rules, model: model(with: features, using: &random))
  }

  private static func limits(
    with features: Features, using random: inout SplitMix64
  ) -> EngineLimits {
    let tokensPerBlock = tokensPerBlock(with: features, using: &random)
    let rows = features.crowded ? Int.random(in: 1...8, using: &random) : 64
    let maxModelTokens =
      features.longOutputs
      ? Int.random(in: 150...350, using: &random) : Int.random(in: 40...140, using: &random)
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

  private static func tokensPerBlock(
    with features: Features, using random: inout SplitMix64
  ) -> Int {
    if features.prefixCaching {
      let divisors = (1...prefixBlockTokens).filter { prefixBlockTokens.isMultiple(of: $0) }
      return divisors[Int.random(in: divisors.indices, using: &random)]
    }
    return random.oneIn(3)
      ? 1 << Int.random(in: 0...4, using: &random) : Int.random(in: 1...16, using: &random)
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
    var model = AffineIterationModel(
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
    if features.knots {
      model.ticksPerKnot = unit * weight(20)
      model.quantaPerKnot = quantum * weight(100)
    }
    return model
  }
}
