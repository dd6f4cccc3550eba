internal import Foundation
internal import Scenarios

/// Steady states as rows of a CSV: our own columns, or those of published tables.
struct ServingTableReader {
  private static let milli = 1e-3

  /// Names that are read, ours before those of published tables.
  private static let columns = [
    "model", "model_id", "gpu", "gpu_model", "gpu_type", "task", "tensor_parallel", "num_gpus",
    "data_parallel", "expert_parallel",
    "batch_rows", "avg_batch_size", "concurrency", "prompt_tokens", "output_tokens",
    "avg_output_len", "itl_ms", "median_itl_ms", "ttft_ms", "output_tps",
    "output_throughput_tokens_per_sec", "gen_tok_per_s", "power_w", "mean_power_w",
    "avg_power_watts",
  ]

  private let table: LogCSV
  private let model, gpu, task: Int?
  private let degree, gpuCount, copies, spread: Int?
  private let rows, prompt, output: Int?
  private let gap, median, first, rate: Int?
  private let power, totalPower: Int?

  /// Nil where the columns do not tell rows and time.
  init?(_ table: LogCSV) {
    self.table = table
    model = table.column("model", "model_id")
    gpu = table.column("gpu", "gpu_model", "gpu_type")
    task = table.column("task")
    degree = table.column("tensor_parallel")
    gpuCount = table.column("num_gpus")
    copies = table.column("data_parallel")
    spread = table.column("expert_parallel")
    rows = table.column("batch_rows", "avg_batch_size", "concurrency")
    prompt = table.column("prompt_tokens")
    output = table.column("output_tokens", "avg_output_len")
    gap = table.column("itl_ms")
    median = table.column("median_itl_ms")
    first = table.column("ttft_ms")
    rate = table.column("output_tps", "output_throughput_tokens_per_sec", "gen_tok_per_s")
    power = table.column("power_w", "mean_power_w")
    totalPower = table.column("avg_power_watts")
    guard rows != nil, gap != nil || rate != nil else { return nil }
  }

  /// Throws for a column that is most likely a misspelt one; returns those that are not read.
  func unreadColumns() throws -> [String] {
    let unread = table.names.filter { !Self.columns.contains($0) }
    for name in unread {
      guard let meant = NearestName.to(name, among: Self.columns), !table.names.contains(meant)
      else { continue }
      throw LogPlace(file: table.file, line: 1).error(
        "no column is called \"\(name)\"", expected: "names as docs/calibrate-your-fleet.md lists",
        suggestion: meant)
    }
    return unread
  }

  func run(_ row: LogRow) throws -> BenchmarkRun {
    guard let rows = try row.positive(rows) else {
      throw row.place.error("the number of rows is empty", expected: "sequences, > 0")
    }
    let gap = try row.positive(gap).map { $0 * Self.milli }
    guard let seconds = try gap ?? row.positive(rate).map({ rows / $0 }) else {
      throw row.place.error("no time per token", expected: "a value in itl_ms or output_tps")
    }
    let degree = try whole(degree, row)
    let gpus = try whole(gpuCount, row)
    var run = BenchmarkRun(place: row.place)
    run.facts = RunFacts(model: row.text(model), gpu: row.text(gpu))
    run.facts.take(
      gpus: gpus, tensor: degree, data: try whole(copies, row), expert: try whole(spread, row))
    run.summary = ServingSummary(
      decodeRows: rows, promptTokens: try row.positive(prompt),
      outputTokens: try row.positive(output), interTokenSeconds: seconds,
      holdsOwnPrompt: gap == nil,
      medianInterTokenSeconds: try row.positive(median).map { $0 * Self.milli },
      firstTokenSeconds: try row.positive(first).map { $0 * Self.milli },
      wattsPerGPU: try row.positive(power)
        ?? row.positive(totalPower).map {
          $0 / Double(gpus ?? degree ?? 1)
        },
      task: row.text(task) ?? (table.column("gen_tok_per_s") == nil ? nil : "frontenac"))
    return run
  }

  private func whole(_ column: Int?, _ row: LogRow) throws -> Int? {
    guard let column, let value = try row.positive(column) else { return nil }
    guard let whole = Int(exactly: value) else {
      throw row.place.error(
        "\(table.names[column]) is \(value)", expected: "a whole number ≥ 1")
    }
    return whole
  }
}
