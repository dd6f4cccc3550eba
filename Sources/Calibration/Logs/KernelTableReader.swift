internal import Scenarios

/// One measured kernel by its shape.
struct KernelRow: Sendable {
  enum Work: Sendable {
    /// Rows times width times depth.
    case product(tokens: Double, width: Double, depth: Double)
    /// Sequences with contexts of equal length, heads of queries and of keys and values.
    case decodeAttention(
      rows: Double, context: Double, heads: Double, cacheHeads: Double, dimension: Double)
    /// Prompts of equal length without a past.
    case prefillAttention(
      rows: Double, tokens: Double, heads: Double, cacheHeads: Double, dimension: Double)
  }

  var place: LogPlace
  var work: Work
  var seconds: Double
}

/// Kernels as rows of a CSV with the columns of `kernels.csv` of `calibration/collect`; rows of
/// other operations, of other types than bf16, and of gapped measurements are passed over.
struct KernelTableReader {
  private let op, type, measurement, seconds: Int?
  private let tokens, width, depth: Int?
  private let rows, query, context, heads, cacheHeads, dimension: Int?

  /// Nil where the table is none of kernels.
  init?(_ table: LogCSV) {
    op = table.column("op")
    type = table.column("dtype")
    measurement = table.column("measurement")
    seconds = table.column("time_s")
    tokens = table.column("tokens")
    width = table.column("out_features")
    depth = table.column("in_features")
    rows = table.column("batch_rows")
    query = table.column("query_tokens")
    context = table.column("context_tokens")
    heads = table.column("query_heads")
    cacheHeads = table.column("kv_heads")
    dimension = table.column("head_dim")
    guard op != nil, seconds != nil else { return nil }
  }

  /// Nil for a row of another kind.
  func kernel(_ row: LogRow) throws -> KernelRow? {
    if let type = row.text(type), !["bf16", "bfloat16"].contains(type) { return nil }
    if row.text(measurement) == "gapped" { return nil }
    guard let work = try work(row) else { return nil }
    return KernelRow(place: row.place, work: work, seconds: try number(seconds, row))
  }

  private func work(_ row: LogRow) throws -> KernelRow.Work? {
    switch row.text(op) {
    case "gemm":
      return .product(
        tokens: try number(tokens, row), width: try number(width, row),
        depth: try number(depth, row))
    case "decode_attention":
      return .decodeAttention(
        rows: try number(rows, row), context: try number(context, row),
        heads: try row.positive(heads) ?? number(cacheHeads, row),
        cacheHeads: try number(cacheHeads, row), dimension: try number(dimension, row))
    case "prefill_attention":
      guard try row.number(context) ?? 0 == 0 else { return nil }
      return .prefillAttention(
        rows: try number(rows, row), tokens: try number(query, row),
        heads: try number(heads, row), cacheHeads: try number(cacheHeads, row),
        dimension: try number(dimension, row))
    default: return nil
    }
  }

  private func number(_ column: Int?, _ row: LogRow) throws -> Double {
    guard let value = try row.positive(column) else {
      throw row.place.error(
        "a \(row.text(op) ?? "kernel") row lacks a size or its time",
        expected: "the columns of its kind, as docs/calibrate-your-fleet.md lists them")
    }
    return value
  }
}
