import Foundation
import Scenarios
import TestSupport

/// The calibration that ships with the program.
let catalog = try! Catalog.load(
  path: SharedData.packageRoot.appending(path: "calibration").path)

/// A small valid scenario; tests change a part of it.
let validText = """
  question: Does the test pass?
  seed: 7
  workload:
    duration: 10 min
    requests: 500
    arrivals: {process: poisson, rate: 4}
    tasks:
      - {task: mmlu, share: 0.5, difficulty: {beta: [2, 1]}}
      - {task: gsm8k, share: 0.5, prompt: {lognormal: {mean: 180, ln_sd: 0.5}, max: 900}}
      - {name: chat, share: 0.2, prompt: 300, output: {exponential: {mean: 120}}}
  fleet:
    node: hgx-8
    pue: 1.2
    pools:
      - name: small
        model: qwen2.5-7b
        gpu: h100-sxm
        replicas: 2
        engine: {max_num_seqs: 128, max_num_batched_tokens: 4096}
      - {name: large, model: qwen2.5-32b, gpu: h100-sxm, replicas: 1}
  arms:
    - {name: direct, model: qwen2.5-7b, strategy: direct}
    - {name: vote, model: qwen2.5-7b, strategy: "majority-vote:k=5"}
    - {name: large, model: qwen2.5-32b, strategy: direct}
  policies:
    - {name: fixed, choose: {arm: direct}}
    - name: hard
      choose: {threshold: difficulty, at: 0.6, below: direct, above: large, estimator: {auc: 0.8}}
      route: round-robin
    - name: long
      choose: {threshold: prompt-length, at: 400, below: direct, above: vote}
      route: least-loaded
  objectives:
    slo: {ttft_ms: 500, tpot_ms: 50}
    prices: {currency: USD, electricity_per_kwh: 0.12, gpu_hour: 2.5}
    grid: {carbon_g_per_kwh: 369, source: a register}
  measurement: {warmup: 60 s, series_interval: 2 s}
  """

/// A trace of three rows in a folder of its own, deleted at the end of `body`.
func withTrace<Result>(
  rows: [String] = [
    "2023-11-16 18:15:46.6805900,374,44", "2023-11-16 18:15:50.9951690,396,109",
    "2023-11-16 18:15:51.2225670,879,55",
  ], _ body: (String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "joulefleet-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: "trace.csv")
  let text = (["TIMESTAMP,ContextTokens,GeneratedTokens"] + rows).joined(separator: "\r\n")
  try Data(text.utf8).write(to: file)
  return try body(file.path)
}

/// What the reader says of the models that the shipped scenarios serve, in a node that was fitted
/// on another server.
enum Warnings {
  static let shipped = [
    """
    qwen2.5-7b on h100-sxm: model parameters 7.6 billion, engine fitted on 8.0 billion to \
    235.1 billion
    """,
    """
    node hgx-8 on h100-sxm: fitted on one server of 8 h200-sxm, where it is off by 4.7 % in the \
    mean
    """,
  ]
}
