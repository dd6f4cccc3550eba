internal import Scenarios

/// What the fit reads of an engine's or a GPU's metrics, with every name that it occurs under.
enum MetricKind: String, CaseIterable, Sendable {
  case generationTokens, promptTokens
  case interTokenSum, interTokenCount
  case firstTokenSum, firstTokenCount
  case requestPromptSum, requestPromptCount
  case requestOutputSum, requestOutputCount
  case requests, running, cacheUsage
  case watts, millijoules, memoryActive, tensorActive

  /// Names in the order in which they are preferred where several are there.
  var names: [String] {
    switch self {
    case .generationTokens: Self.both("generation_tokens_total") + ["vllm:generation_tokens"]
    case .promptTokens: Self.both("prompt_tokens_total") + ["vllm:prompt_tokens"]
    case .interTokenSum: Self.gaps.map { $0 + "_sum" }
    case .interTokenCount: Self.gaps.map { $0 + "_count" }
    case .firstTokenSum: Self.both("time_to_first_token_seconds_sum")
    case .firstTokenCount: Self.both("time_to_first_token_seconds_count")
    case .requestPromptSum:
      ["vllm:request_prompt_tokens_sum", "sglang:prompt_tokens_histogram_sum"]
    case .requestPromptCount:
      ["vllm:request_prompt_tokens_count", "sglang:prompt_tokens_histogram_count"]
    case .requestOutputSum:
      ["vllm:request_generation_tokens_sum", "sglang:generation_tokens_histogram_sum"]
    case .requestOutputCount:
      ["vllm:request_generation_tokens_count", "sglang:generation_tokens_histogram_count"]
    case .requests: ["vllm:request_success_total", "sglang:num_requests_total"]
    case .running: ["vllm:num_requests_running", "sglang:num_running_reqs"]
    case .cacheUsage:
      ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "sglang:token_usage"]
    case .watts: ["DCGM_FI_DEV_POWER_USAGE"]
    case .millijoules: ["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"]
    case .memoryActive: ["DCGM_FI_PROF_DRAM_ACTIVE"]
    case .tensorActive: ["DCGM_FI_PROF_PIPE_TENSOR_ACTIVE"]
    }
  }

  /// Whether it only grows, but for restarts.
  var isCounter: Bool {
    switch self {
    case .running, .cacheUsage, .watts, .memoryActive, .tensorActive: false
    default: true
    }
  }

  /// Whether a GPU tells it, not an engine.
  var isOfGPU: Bool {
    switch self {
    case .watts, .millijoules, .memoryActive, .tensorActive: true
    default: false
    }
  }

  private static func both(_ name: String) -> [String] { ["vllm:" + name, "sglang:" + name] }

  /// Per token; vLLM's newer name first, which its versions once exported beside the older.
  private static let gaps =
    both("inter_token_latency_seconds") + both("time_per_output_token_seconds")

  static let byName: [String: MetricKind] = {
    var kinds: [String: MetricKind] = [:]
    for kind in allCases { for name in kind.names { kinds[name] = kind } }
    return kinds
  }()
}

/// One metric of one engine or GPU over time.
struct MetricSeries: Sendable {
  let kind: MetricKind
  let name: String
  let labels: [String: String]
  var times: [Double] = []
  var values: [Double] = []
}

/// The metrics of one file: names that nothing is made of are left out.
struct MetricLog: Sendable {
  var place: LogPlace
  private(set) var series: [MetricSeries] = []
  private var indices: [String: Int] = [:]

  init(place: LogPlace) { self.place = place }

  /// Takes a sample in; throws where its time is before one that is there. One at the same
  /// instant again is dropped.
  mutating func add(
    _ name: String, _ labels: [String: String], _ value: Double, at time: Double, line: Int?
  ) throws {
    guard let kind = MetricKind.byName[name], value.isFinite else { return }
    let key = name + labels.sorted { $0.key < $1.key }.map { "\u{1}\($0)\u{2}\($1)" }.joined()
    let index = indices[key] ?? series.count
    if index == series.count {
      indices[key] = index
      series.append(MetricSeries(kind: kind, name: name, labels: labels))
    }
    if let last = series[index].times.last {
      guard time >= last else {
        throw LogPlace(file: place.file, line: line).error(
          "\(name) goes back in time", expected: "samples in order of their time")
      }
      guard time > last else { return }
    }
    series[index].times.append(time)
    series[index].values.append(value)
  }

  /// Times count from 1970 on every Prometheus.
  var clock: LogClock { .epoch }
}
