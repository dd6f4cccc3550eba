/// What a pool's engine is asked to be: values by vLLM's names, each with its place.
///
/// A pool may say it in three ways (`engine`, `engine_args`, `tensor_parallel_size` of its own),
/// which must not contradict each other, and the command line may say it otherwise.
struct EngineSettings {
  /// The keys of `engine`, in the order in which errors list them.
  static let names = [
    "max_num_seqs", "max_num_batched_tokens", "gpu_memory_utilization", "block_size",
    "max_model_len", "num_gpu_blocks", "enable_prefix_caching", "enable_chunked_prefill",
    "scheduling_policy", "kv_cache_dtype", "quantization", "tensor_parallel_size", "watermark",
    "max_waiting", "enable_expert_parallel", "expert_traffic",
  ]

  private var values: [String: YAMLValue] = [:]

  init() {}

  /// Those of an `engine` mapping.
  init(_ yaml: YAMLMapping) {
    for name in Self.names { values[name] = yaml.optional(name) }
  }

  subscript(name: String) -> YAMLValue? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// Takes in what another part of the same pool says; throws where both name a key and differ.
  mutating func merge(_ other: EngineSettings) throws(InputError) {
    for name in Self.names {
      guard let value = other[name] else { continue }
      if let own = values[name], own.written != value.written {
        throw value.error(
          "\(value.label) is \(value.written), and \(own.path) is \(own.written)",
          expected: "one value for \(name)")
      }
      values[name] = value
    }
  }

  /// Lets `other` take the place of what is here.
  mutating func override(by other: EngineSettings) {
    values.merge(other.values) { $1 }
  }
}
