internal import FleetEngine
internal import NumericalMethods
internal import Quantities
public import Studies

/// A number that a sweep keeps of every run, under the name of its column.
public struct SweepFigure: Sendable {
  /// Count or measure; nil where it is undefined.
  public enum Value: Codable, Hashable, Sendable {
    case count(Int)
    case measure(Double?)

    public var number: Double? {
      switch self {
      case .count(let count): Double(count)
      case .measure(let measure): measure
      }
    }
  }

  /// The name in files, as `summary.json` has it, its parts joined by underscores.
  public let name: String
  let isCount: Bool
  let value: @Sendable (PolicyRun, PolicyFigures) -> Value

  /// Every figure, in the order of the columns; docs/metrics.md defines them.
  public static let all: [SweepFigure] =
    counts + energy + shares + latencies + [
      measure("power_mean_w") { $1.meanPower },
      measure("power_p99_w") { run, _ in
        run.result.powerMilliwatts.quantile(0.99).map { $0 / 1e3 }
      },
      measure("power_peak_w") { run, _ in
        let power = run.result.powerMilliwatts
        return power.count > 0 ? Double(power.maximum) / 1e3 : nil
      },
      measure("window_s") { $1.windowSeconds },
      measure("simulated_s") { run, _ in run.result.end.seconds },
    ]

  /// The figure of a name.
  public static func named(_ name: String) -> SweepFigure? { all.first { $0.name == name } }

  private static let counts: [SweepFigure] = [
    count("requests_arrived") { run, _ in run.result.requests.arrived },
    count("requests_completed") { run, _ in run.result.requests.completed },
    count("requests_rejected") { run, _ in run.result.requests.rejected },
    count("requests_timed_out") { run, _ in run.result.requests.timedOut },
    count("requests_cancelled") { run, _ in run.result.requests.cancelled },
    count("tokens_prompt") { run, _ in run.result.tokens.prompt },
    count("tokens_cached_prompt") { run, _ in run.result.tokens.cachedPrompt },
    count("tokens_output") { run, _ in run.result.tokens.output },
    count("tokens_reasoning") { run, _ in run.result.tokens.reasoning },
    count("tokens_recomputed") { run, _ in run.result.tokens.recomputed },
    count("preemptions") { run, _ in run.result.preemptions },
    count("evictions") { run, _ in run.result.evictions },
    count("gpus") { $1.gpuCount },
  ]

  private static let energy: [SweepFigure] = [
    measure("energy_prefill_j") { run, _ in run.result.energy.prefill.joules },
    measure("energy_decode_j") { run, _ in run.result.energy.decode.joules },
    measure("energy_idle_j") { run, _ in run.result.energy.idle.joules },
    measure("energy_gpu_j") { $1.gpuEnergy },
    measure("energy_node_j") { $1.nodeEnergy },
    measure("energy_facility_j") { $1.facilityEnergy },
    measure("energy_per_output_token_j") { $1.energyPerOutputToken },
    measure("energy_per_request_j") { $1.energyPerRequest },
    measure("energy_per_correct_j") { $1.energyPerCorrect },
  ]

  private static let shares: [SweepFigure] = [
    measure("accuracy") { $1.accuracy?.mean },
    measure("slo_attainment") { $1.sloAttainment },
    measure("goodput_rps") { $1.goodput },
    measure("output_tokens_per_s") { $1.outputTokensPerSecond },
    measure("mean_batch") { $1.meanBatch },
    measure("cached_prompt_share") { $1.cachedPromptShare },
    measure("cost") { $1.cost },
    measure("carbon_g") { $1.carbonGrams },
  ]

  private static let latencies: [SweepFigure] =
    latency("ttft") { $0.timeToFirstToken } + latency("tpot") { $0.timePerOutputToken }
    + latency("itl") { $0.interTokenLatency } + latency("e2e") { $0.endToEnd }
    + latency("answer") { $0.timeToFirstAnswerToken } + latency("queueing") { $0.queueingDelay }

  /// Mean and quantiles of one latency, milliseconds.
  private static func latency(
    _ name: String, _ sketch: @escaping @Sendable (LatencySketches) -> QuantileSketch
  ) -> [SweepFigure] {
    [measure("\(name)_ms_mean") { run, _ in sketch(run.result.latency).mean.map { $0 / 1e6 } }]
      + [50, 90, 95, 99].map { percent in
        measure("\(name)_ms_p\(percent)") { run, _ in
          sketch(run.result.latency).quantile(Double(percent) / 100).map { $0 / 1e6 }
        }
      }
  }

  private static func count(
    _ name: String, _ value: @escaping @Sendable (PolicyRun, PolicyFigures) -> Int
  ) -> SweepFigure {
    SweepFigure(name: name, isCount: true) { .count(value($0, $1)) }
  }

  private static func measure(
    _ name: String, _ value: @escaping @Sendable (PolicyRun, PolicyFigures) -> Double?
  ) -> SweepFigure {
    SweepFigure(name: name, isCount: false) { .measure(value($0, $1)) }
  }
}

/// What one policy came to at a point of a sweep.
public struct SweepRow: Codable, Hashable, Sendable {
  public var policy: String
  /// In the order of `SweepFigure.all`.
  public var values: [SweepFigure.Value]

  public init(policy: String, values: [SweepFigure.Value]) {
    self.policy = policy
    self.values = values
  }

  public init(_ run: PolicyRun, in context: StudyContext) {
    let figures = PolicyFigures(run, in: context)
    self.init(policy: run.name, values: SweepFigure.all.map { $0.value(run, figures) })
  }
}
