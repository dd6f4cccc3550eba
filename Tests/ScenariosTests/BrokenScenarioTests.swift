import Scenarios
import Testing

/// One change to the valid scenario, and the error that it must give.
struct Breakage: Sendable, CustomTestStringConvertible {
  let original: String
  let replacement: String
  let message: String

  init(_ original: String, _ replacement: String, _ message: String) {
    self.original = original
    self.replacement = replacement
    self.message = message
  }

  var testDescription: String { "\(original) → \(replacement)" }
}

/// The error of the valid scenario with the change made, or "none".
private func failure(_ breakage: Breakage) -> String {
  guard validText.contains(breakage.original) else { return "nothing to replace" }
  let text = validText.replacing(breakage.original, with: breakage.replacement, maxReplacements: 1)
  do {
    _ = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    return "none"
  } catch {
    return "\(error)"
  }
}

private let pools = "qwen2.5-7b, qwen2.5-32b"

private let topLevel: [Breakage] = [
  .init(
    "seed: 7", "sed: 7", "s.yaml:2:1: missing key \"seed\", found \"sed\"; did you mean \"seed\"?"),
  .init(
    "seed: 7", "seed: -7", "s.yaml:2:7: seed is -7; expected a whole number ≥ 0 and < 2^64"),
  .init("seed: 7\n", "", "s.yaml:1:1: missing key \"seed\""),
  .init(
    "fleet:", "flet:", "s.yaml:11:1: missing key \"fleet\", found \"flet\"; did you mean \"fleet\"?"
  ),
  .init(
    "measurement:", "measurements:",
    """
    s.yaml:37:1: unknown key "measurements"; expected one of question, seed, workload, fleet, \
    arms, \
    policies, objectives, measurement, expectations, comparison; did you mean "measurement"?
    """),
  .init(
    "question: Does the test pass?", "question: [a]",
    "s.yaml:1:11: question is a list; expected a text"),
  .init(
    "seed: 7", "seed: 7\nseed: 8",
    "s.yaml:2:1: key \"seed\" is there more than once, again in line 3; expected it once"),
]

private let workload: [Breakage] = [
  .init(
    "rate: 4", "rate: -4",
    "s.yaml:6:38: rate is -4 in workload.arrivals; expected a number ≥ 1e-06 and ≤ 1000000"),
  .init(
    "rate: 4", "rate: fast",
    "s.yaml:6:38: rate is \"fast\" in workload.arrivals; expected a number ≥ 1e-06 and ≤ 1000000"),
  .init(
    "rate: 4", "rat: 4",
    """
    s.yaml:6:32: missing key "rate", found "rat" in workload.arrivals; did you mean "rate"?
    """),
  .init(
    "process: poisson", "process: poison",
    """
    s.yaml:6:23: process is "poison" in workload.arrivals; expected one of poisson, gamma, \
    closed-loop, sessions; did you mean "poisson"?
    """),
  .init(
    "process: poisson", "process: gamma",
    "s.yaml:6:13: missing key \"cv\" in workload.arrivals"),
  .init(
    "duration: 10 min", "duration: 10",
    """
    s.yaml:4:13: duration is 10 in workload; expected a time > 0 with its unit (us, ms, s, min, h, \
    d), as 30 min
    """),
  .init(
    "  duration: 10 min\n  requests: 500\n", "",
    "s.yaml:4:3: no end is given in workload; expected duration, requests or both"),
  .init(
    "requests: 500", "requests: 0",
    "s.yaml:5:13: requests is 0 in workload; expected a whole number ≥ 1 and ≤ 1000000000"),
  .init(
    "requests: 500", "daily_profile: [1, 2]",
    """
    s.yaml:5:18: daily_profile is a list of 2 in workload; expected 24 factors, one for each \
    hour, not all 0
    """),
  .init(
    "{process: poisson, rate: 4}", "{process: closed-loop, concurrency: 8}",
    """
    s.yaml:4:13: duration is given for closed-loop arrivals in workload; expected \
    requests: completions alone decide when the next one comes
    """),
  .init(
    "task: mmlu", "task: mlu",
    """
    s.yaml:8:14: task is "mlu" in workload.tasks[0]; expected one of aime, chat, code, \
    gpqa-diamond, gsm8k, math500, mmlu-pro, mmlu-reasoning, mmlu; \
    did you mean "mmlu"?
    """),
  .init(
    "task: gsm8k", "task: mmlu",
    "s.yaml:9:14: task is \"mmlu\" in workload.tasks[1]; expected a name that no other task has"),
  .init(
    "share: 0.5,", "share: -0.5,",
    "s.yaml:8:27: share is -0.5 in workload.tasks[0]; expected a number ≥ 0 and ≤ 1000000000000"),
  .init(
    "beta: [2, 1]", "beta: [2]",
    """
    s.yaml:8:51: beta is a list of 1 in workload.tasks[0].difficulty; expected a list of at \
    least 2
    """
  ),
  .init(
    "beta: [2, 1]", "beta: [2, 0]",
    """
    s.yaml:8:55: beta[1] is 0 in workload.tasks[0].difficulty; expected a number ≥ 0.001 and ≤ \
    100000
    """),
  .init(
    "lognormal:", "lognormel:",
    """
    s.yaml:9:42: unknown key "lognormel" in workload.tasks[1].prompt; expected one of \
    exponential, lognormal, gamma, quantiles, max; did you mean "lognormal"?
    """),
  .init(
    "prompt: 300", "prompt: 0",
    """
    s.yaml:10:40: prompt is 0 in workload.tasks[2]; expected a number of tokens ≥ 1 and ≤ \
    10000000, or a mapping with exponential, lognormal, gamma or quantiles
    """),
  .init(
    ", output: {exponential: {mean: 120}}", "",
    "s.yaml:10:7: missing key \"output\" in workload.tasks[2]"),
  .init(
    "{exponential: {mean: 120}}", "{quantiles: [[0, 9], [1, 5]]}",
    """
    s.yaml:10:65: quantiles make no distribution: empirical distribution of 2 knots: knots must \
    rise: (0.0, 9.0) comes before (1.0, 5.0) in workload.tasks[2].output
    """),
]

private let fleet: [Breakage] = [
  .init(
    "model: qwen2.5-7b", "model: qwen2.5-7",
    """
    s.yaml:16:14: model is "qwen2.5-7" in fleet.pools[0]; expected a model of joulefleet list \
    models, its Hugging Face id, or the path of a config.json; did you mean "qwen2.5-7b"?
    """),
  .init(
    "gpu: h100-sxm", "gpu: h100",
    """
    s.yaml:17:12: gpu is "h100" in fleet.pools[0]; expected one of \
    \(catalog.devices.gpuNames.joined(separator: ", ")); did you mean "h100-sxm"?
    """),
  .init(
    "replicas: 2", "replcas: 2",
    """
    s.yaml:18:7: missing key "replicas", found "replcas" in fleet.pools[0]; did you mean \
    "replicas"?
    """
  ),
  .init(
    "replicas: 2", "replicas: 2.5",
    "s.yaml:18:17: replicas is 2.5 in fleet.pools[0]; expected a whole number ≥ 1 and ≤ 65536"),
  .init(
    "max_num_seqs: 128", "max_num_seq: 128",
    """
    s.yaml:19:16: unknown key "max_num_seq" in fleet.pools[0].engine; expected one of \
    max_num_seqs, max_num_batched_tokens, gpu_memory_utilization, block_size, max_model_len, \
    num_gpu_blocks, enable_prefix_caching, enable_chunked_prefill, scheduling_policy, \
    kv_cache_dtype, quantization, tensor_parallel_size, watermark, max_waiting, \
    enable_expert_parallel, expert_traffic; did you mean "max_num_seqs"?
    """),
  .init(
    "max_num_seqs: 128", "expert_traffic: narow",
    """
    s.yaml:19:32: expert_traffic is "narow" in fleet.pools[0].engine; expected one of mixed, \
    narrow; did you mean "narrow"?
    """),
  .init(
    "max_num_batched_tokens: 4096", "max_num_batched_tokens: 64",
    """
    s.yaml:19:59: max_num_batched_tokens is 64 in fleet.pools[0].engine; expected at least \
    max_num_seqs, 128
    """),
  .init(
    "max_num_seqs: 128,", "max_model_len: 40000,",
    """
    s.yaml:19:31: max_model_len is 40000 in fleet.pools[0].engine; expected a whole number ≥ 1 \
    and ≤ 32768
    """),
  .init(
    "max_num_seqs: 128,", "num_gpu_blocks: 10, max_model_len: 200,",
    """
    s.yaml:19:51: max_model_len is 200 in fleet.pools[0].engine; expected at most 160, the \
    tokens that the KV cache holds
    """),
  .init(
    "name: large, model: qwen2.5-32b, gpu: h100-sxm",
    "name: large, model: llama-3.1-70b, gpu: h100-sxm",
    """
    s.yaml:20:7: llama-3.1-70b does not fit h100-sxm at tensor_parallel_size 1: it needs 134.9 GiB \
    of each GPU, which has 72 at gpu_memory_utilization 0.9 in fleet.pools[1]; expected \
    tensor_parallel_size 2 or more
    """),
  .init(
    "replicas: 1}", "replicas: 1, tensor_parallel_size: 3}",
    """
    s.yaml:20:91: qwen2.5-32b has 40 attention heads and 8 key-value heads, which 3 GPUs cannot \
    share evenly in fleet.pools[1]
    """),
  .init(
    "name: large, model: qwen2.5-32b", "name: small, model: qwen2.5-32b",
    "s.yaml:20:14: name is \"small\" in fleet.pools[1]; expected a name that no other pool has"),
  .init(
    "node: hgx-8", "node: hgx-9",
    "s.yaml:12:9: node is \"hgx-9\" in fleet; expected hgx-8; did you mean \"hgx-8\"?"),
  .init("pue: 1.2", "pue: 0.9", "s.yaml:13:8: pue is 0.9 in fleet; expected a number ≥ 1 and ≤ 10"),
  .init(
    "pue: 1.2", "pue: 1.2\n  facility: hyperscale",
    "s.yaml:13:8: pue is given beside facility in fleet; expected one or the other"),
]

private let armsAndPolicies: [Breakage] = [
  .init(
    "name: vote, model: qwen2.5-7b", "name: vote, model: qwen2.5-14b",
    """
    s.yaml:23:25: model is "qwen2.5-14b" in arms[1]; expected one of \(pools); did you mean \
    "qwen2.5-7b"?
    """),
  .init(
    "majority-vote:k=5", "majority-vote:k=200",
    """
    s.yaml:23:47: strategy is "majority-vote:k=200" in arms[1]; expected at most 128 samples, the \
    max_num_seqs of pool small
    """),
  .init(
    "majority-vote:k=5", "majority-vot:k=5",
    """
    s.yaml:23:47: strategy is "majority-vot:k=5" in arms[1]; expected one of direct, \
    chain-of-thought, reasoning, majority-vote:k=5, best-of-n:n=8,auc=0.8, \
    reasoning-budget:tokens=1024, cascade:then=qwen2.5-32b,k=3, \
    self-refinement:turns=3,keep=0.75, controlled-reasoning:auc=0.8,worth=5000; did you mean \
    "majority-vote"?
    """),
  .init(
    "majority-vote:k=5", "best-of-n:n=5",
    """
    s.yaml:23:47: strategy best-of-n needs the parameter 'auc', as in best-of-n:n=8,auc=0.8 in \
    arms[1]
    """),
  .init(
    "majority-vote:k=5", "cascade:then=qwen2.5-3b,k=3",
    """
    s.yaml:23:47: no pool serves "qwen2.5-3b" in arms[1]; expected one of \(pools); did you mean \
    "qwen2.5-7b"?
    """),
  .init(
    "majority-vote:k=5", "cascade:then=qwen2.5-32b,k=3,then-k=900",
    """
    s.yaml:23:47: strategy cascade: then-k is '900' where a whole number from 1 to 256 is expected \
    in arms[1]
    """),
  .init(
    "majority-vote:k=5", "majority-vote",
    """
    s.yaml:23:47: strategy majority-vote needs the parameter 'k', as in majority-vote:k=5 in arms[1]
    """),
  .init(
    "name: vote,", "name: direct,",
    "s.yaml:23:12: name is \"direct\" in arms[1]; expected a name that no other arm has"),
  .init(
    "name: vote,", "name: Vote,",
    """
    s.yaml:23:12: name is "Vote" in arms[1]; expected a name of lower-case letters, digits, ".", \
    "_" and "-"
    """),
  .init(
    "choose: {arm: direct}", "choose: {arm: drect}",
    """
    s.yaml:26:33: arm is "drect" in policies[0].choose; expected one of direct, vote, large; did \
    you mean "direct"?
    """),
  .init(
    "choose: {arm: direct}", "choose: {arms: direct}",
    """
    s.yaml:26:28: unknown key "arms" in policies[0].choose; expected one of arm, mix, threshold, \
    bandit, zeta, joint, oracle, process; did you mean "arm"?
    """),
  .init(
    "at: 0.6", "at: 60",
    "s.yaml:28:41: at is 60 in policies[1].choose; expected a number > 0 and < 1"),
  .init(
    "estimator: {auc: 0.8}", "estimator: {}",
    """
    s.yaml:28:86: the quality is not given exactly once in policies[1].choose.estimator; \
    expected one of correlation: -1 to 1, auc: 0 to 1, prompt_length: true, column: a declared \
    one, oracle: true
    """),
  .init(
    "route: round-robin", "route: randm",
    """
    s.yaml:29:12: route is "randm" in policies[1]; expected one of least-loaded, round-robin, \
    random, power-of-two, least-kv, session-affinity, prefix-affinity, slo-packing, \
    energy-greedy, energy-consolidate; did you mean "random"?
    """),
  .init(
    "name: fixed", "name: always-vote",
    """
    s.yaml:26:12: name is "always-vote" in policies[0]; expected another name: this one means arm \
    vote for every query
    """),
]

private let objectives: [Breakage] = [
  .init(
    "ttft_ms: 500", "ttft: 500",
    """
    s.yaml:34:9: unknown key "ttft" in objectives.slo; expected one of ttft_ms, tpot_ms, e2e_ms, \
    answer_ms; did you mean "ttft_ms"?
    """),
  .init(
    "ttft_ms: 500", "ttft_ms: 0",
    "s.yaml:34:18: ttft_ms is 0 in objectives.slo; expected a number > 0"),
  .init(
    "{ttft_ms: 500, tpot_ms: 50}", "{}",
    "s.yaml:34:8: no latency is given in objectives.slo; expected at least one, or no slo"),
  .init(
    "currency: USD", "currency: dollars",
    """
    s.yaml:35:22: currency is "dollars" in objectives.prices; expected three capital letters, as USD
    """),
  .init(
    ", source: a register", "", "s.yaml:36:9: missing key \"source\" in objectives.grid"),
  .init(
    "warmup: 60 s", "warmup: 20 min",
    "s.yaml:37:23: the measured window is empty in measurement; expected warmup before until"),
  .init(
    "series_interval: 2 s", "series_interval: 0 s",
    """
    s.yaml:37:46: series_interval is "0 s" in measurement; expected a time ≥ 0.001 and ≤ 86400 \
    with its unit (us, ms, s, min, h, d), as 30 min
    """),
]

@Test(arguments: topLevel + workload + fleet + armsAndPolicies + objectives)
func `a broken scenario gets one clear error with its place`(breakage: Breakage) {
  #expect(failure(breakage) == breakage.message)
}

@Test func `the scenario that the others break is valid`() throws {
  let scenario = try Scenario.parse(text: validText, file: "s.yaml", catalog: catalog)
  #expect(scenario.warnings == Warnings.shipped)
}
