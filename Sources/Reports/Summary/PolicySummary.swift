/// What `summary.json` says of one policy; docs/metrics.md defines each figure.
public struct PolicySummary: Codable, Hashable, Sendable {
  public var requests: Requests
  public var tokens: Tokens
  /// Of the whole run, whatever the window.
  public var preemptions: Int
  /// Likewise.
  public var evictions: Int
  public var energy: EnergyFigures
  public var energyPerOutputToken: Nullable<Double>
  public var energyPerRequest: Nullable<Double>
  public var energyPerCorrect: Nullable<Double>
  public var energyScope: String
  public var accuracy: Accuracy
  public var latency: Latency
  public var power: PowerFigures
  public var cost: Nullable<Double>
  /// Three letters; null where the scenario names no prices.
  public var currency: Nullable<String>
  public var carbonGrams: Nullable<Double>
  public var sloAttainment: Nullable<Double>
  public var goodput: Nullable<Double>
  public var outputTokensPerSecond: Nullable<Double>
  public var meanBatch: Nullable<Double>
  public var windowStartSeconds: Double
  public var windowSeconds: Double
  public var simulatedSeconds: Double
  public var gpuCount: Int
  /// Left out unless timing was asked for: they differ from run to run.
  public var wallSeconds: Double?
  public var processorSeconds: Double?

  enum CodingKeys: String, CodingKey {
    case requests, tokens, preemptions, evictions
    case energy = "energy_j"
    case energyPerOutputToken = "energy_per_output_token_j"
    case energyPerRequest = "energy_per_request_j"
    case energyPerCorrect = "energy_per_correct_j"
    case energyScope = "energy_scope"
    case accuracy
    case latency = "latency_ms"
    case power = "power_w"
    case cost, currency
    case carbonGrams = "carbon_g"
    case sloAttainment = "slo_attainment"
    case goodput = "goodput_rps"
    case outputTokensPerSecond = "output_tokens_per_s"
    case meanBatch = "mean_batch"
    case windowStartSeconds = "window_start_s"
    case windowSeconds = "window_s"
    case simulatedSeconds = "simulated_s"
    case gpuCount = "gpus"
    case wallSeconds = "wall_s"
    case processorSeconds = "cpu_s"
  }
}

extension PolicySummary {
  public struct Requests: Codable, Hashable, Sendable {
    public var arrived, completed, rejected, timedOut, cancelled, failed: Int

    enum CodingKeys: String, CodingKey {
      case arrived, completed, rejected, cancelled, failed
      case timedOut = "timed_out"
    }
  }

  public struct Tokens: Codable, Hashable, Sendable {
    public var prompt, cachedPrompt, output, reasoning, recomputed: Int

    enum CodingKeys: String, CodingKey {
      case prompt, output, reasoning, recomputed
      case cachedPrompt = "cached_prompt"
    }
  }

  /// Joules; `prefill`, `decode`, `idle`, `attributed`, `integral` and `givenUp` are of GPU scope.
  public struct EnergyFigures: Codable, Hashable, Sendable {
    public var gpu, node, facility, prefill, decode, idle, attributed, integral: Double
    /// Of `attributed`: what went into requests that were given up.
    public var givenUp: Double

    enum CodingKeys: String, CodingKey {
      case gpu, node, facility, prefill, decode, idle, attributed, integral
      case givenUp = "given_up"
    }
  }

  public struct Share: Codable, Hashable, Sendable {
    public var mean: Nullable<Double>
    /// Low and high end.
    public var interval: Nullable<[Double]>

    enum CodingKeys: String, CodingKey {
      case mean
      case interval = "ci95"
    }
  }

  public struct Accuracy: Codable, Hashable, Sendable {
    public var mean: Nullable<Double>
    public var interval: Nullable<[Double]>
    public var byTask: [String: Share]

    enum CodingKeys: String, CodingKey {
      case mean
      case interval = "ci95"
      case byTask = "by_task"
    }
  }

  /// Milliseconds.
  public struct Latency: Codable, Hashable, Sendable {
    public var ttft, tpot, itl, e2e, answer, queueing: Distribution
  }

  public struct Distribution: Codable, Hashable, Sendable {
    public var mean, p50, p90, p95, p99: Nullable<Double>
  }

  /// Watts of the whole fleet's GPUs.
  public struct PowerFigures: Codable, Hashable, Sendable {
    public var mean, p99, peak: Nullable<Double>
  }
}
