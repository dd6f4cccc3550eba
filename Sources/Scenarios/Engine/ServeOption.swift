/// An option of `vllm serve`, and what the simulation makes of it.
struct ServeOption {
  enum Meaning {
    /// A key of `engine`.
    case setting(String)
    case model
    /// Changes what an engine does in a way that is not modelled.
    case unmodelled
    /// Matters to clients, logs or files, not to speed or energy.
    case immaterial
  }

  enum Arity {
    case flag, one, many
  }

  var meaning: Meaning
  var arity: Arity
  /// Values with which an option that is not modelled changes nothing.
  var neutral: Set<String> = []

  /// By name, with dashes and without the two in front.
  static let all: [String: ServeOption] = {
    var options: [String: ServeOption] = [:]
    for name in EngineSettings.names {
      let isFlag = name.hasPrefix("enable_")
      options[dashed(name)] = ServeOption(meaning: .setting(name), arity: isFlag ? .flag : .one)
    }
    options["num-gpu-blocks-override"] = ServeOption(
      meaning: .setting("num_gpu_blocks"), arity: .one)
    options["model"] = ServeOption(meaning: .model, arity: .one)
    for (names, meaning, arity) in groups {
      for name in names.split(whereSeparator: \.isWhitespace) {
        options[String(name)] = ServeOption(meaning: meaning, arity: arity)
      }
    }
    for (name, values) in neutralValues { options[name]?.neutral = values }
    return options
  }()

  /// Names with one dash in front.
  static let short: [String: String] = [
    "tp": "tensor-parallel-size", "pp": "pipeline-parallel-size", "dp": "data-parallel-size",
    "dpl": "data-parallel-size-local", "dcp": "decode-context-parallel-size",
    "pcp": "prefill-context-parallel-size", "ep": "enable-expert-parallel",
    "q": "quantization", "O": "compilation-config", "cc": "compilation-config",
    "sc": "speculative-config", "ac": "attention-config", "asc": "api-server-count",
    "n": "nnodes", "r": "node-rank",
  ]

  static func dashed(_ name: String) -> String { name.replacing("_", with: "-") }

  private static let neutralValues: [String: Set<String>] = [
    "pipeline-parallel-size": ["1"], "data-parallel-size": ["1"],
    "data-parallel-size-local": ["1"], "decode-context-parallel-size": ["1"],
    "prefill-context-parallel-size": ["1"], "dtype": ["auto", "bfloat16", "half", "float16"],
    "cpu-offload-gb": ["0"], "max-num-partial-prefills": ["1"],
    "max-long-partial-prefills": ["1"], "long-prefill-token-threshold": ["0"],
    "num-scheduler-steps": ["1"], "scheduler-delay-factor": ["0", "0.0"],
    "device": ["auto", "cuda"], "preemption-mode": ["recompute"],
  ]

  private static let groups: [(names: String, meaning: Meaning, arity: Arity)] = [
    (unmodelledValues, .unmodelled, .one), (unmodelledFlags, .unmodelled, .flag),
    ("cudagraph-capture-sizes cuda-graph-sizes", .unmodelled, .many),
    (immaterialValues, .immaterial, .one), (immaterialFlags, .immaterial, .flag),
    (
      "served-model-name api-key lora-modules logits-processors collect-detailed-traces",
      .immaterial, .many
    ),
  ]

  private static let unmodelledValues = """
    pipeline-parallel-size data-parallel-size data-parallel-size-local
    decode-context-parallel-size prefill-context-parallel-size dtype
    speculative-config speculative-model num-speculative-tokens cpu-offload-gb
    kv-transfer-config kv-offloading-size kv-offloading-backend kv-cache-memory-bytes
    compilation-config optimization-level attention-backend attention-config
    max-num-partial-prefills max-long-partial-prefills long-prefill-token-threshold
    num-scheduler-steps scheduler-delay-factor scheduler-cls num-lookahead-slots device
    preemption-mode rope-scaling rope-theta hf-overrides max-seq-len-to-capture
    max-cudagraph-capture-size max-loras max-lora-rank max-cpu-loras all2all-backend
    expert-placement-strategy eplb-config stream-interval additional-config config
    mamba-cache-dtype mamba-ssm-cache-dtype mamba-block-size performance-mode
    """

  private static let unmodelledFlags = """
    enforce-eager enable-lora enable-lora-bias fully-sharded-loras
    async-scheduling disable-custom-all-reduce disable-cascade-attn disable-sliding-window
    enable-dbo enable-eplb disable-hybrid-kv-cache-manager disable-async-output-proc
    disable-chunked-mm-input multi-step-stream-outputs kv-sharing-fast-prefill
    """

  private static let immaterialValues = """
    host port uds tokenizer tokenizer-mode tokenizer-revision tokenizer-pool-size revision
    code-revision hf-config-path hf-token download-dir load-format config-format seed
    chat-template chat-template-content-format default-chat-template-kwargs response-role
    tool-call-parser tool-parser-plugin tool-server reasoning-parser reasoning-parser-plugin
    max-logprobs logprobs-mode max-log-len uvicorn-log-level log-config-file ssl-keyfile
    ssl-certfile ssl-ca-certs ssl-cert-reqs ssl-ciphers root-path middleware allowed-origins
    allowed-methods allowed-headers limit-mm-per-prompt mm-processor-kwargs
    mm-processor-cache-gb mm-encoder-tp-mode media-io-kwargs allowed-local-media-path
    allowed-media-domains distributed-executor-backend worker-cls worker-extension-cls
    max-parallel-loading-workers model-loader-extra-config ignore-patterns generation-config
    override-generation-config override-pooler-config pooler-config guided-decoding-backend
    structured-outputs-config observability-config task runner convert model-impl
    otlp-traces-endpoint prefix-caching-hash-algo api-server-count nnodes node-rank
    master-addr master-port data-parallel-rank data-parallel-start-rank data-parallel-address
    data-parallel-rpc-port data-parallel-backend kv-events-config swap-space
    safetensors-load-strategy disable-access-log-for-endpoints h11-max-header-count
    h11-max-incomplete-event-size shutdown-timeout fingerprint-mode fingerprint-value
    """

  private static let immaterialFlags = """
    trust-remote-code disable-log-requests enable-log-requests disable-log-stats
    enable-auto-tool-choice enable-reasoning allow-credentials disable-uvicorn-access-log
    enable-request-id-headers enable-prompt-tokens-details enable-force-include-usage
    enable-server-load-tracking enable-tokenizer-info-endpoint enable-log-outputs
    enable-log-deltas enable-per-request-metrics disable-fastapi-docs enable-offline-docs
    enable-ssl-refresh return-tokens-as-token-ids exclude-tools-when-tool-choice-none
    trust-request-chat-template headless skip-tokenizer-init enable-prompt-embeds
    enable-sleep-mode disable-frontend-multiprocessing use-tqdm-on-load calculate-kv-scales
    log-error-stack tokens-only disable-mm-preprocessor-cache interleave-mm-strings
    skip-mm-profiling language-model-only ray-workers-use-nsight show-hidden-metrics-for-version
    data-parallel-hybrid-lb data-parallel-external-lb kv-cache-metrics
    """
}
