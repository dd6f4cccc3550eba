internal import DeviceModels
internal import Foundation

/// Which tables of a GPU its surfaces come from.
struct KernelTableSource {
  let folder: String
  let version: String
  /// Version of the tables that carry power, where it is another.
  var powerVersion: String?
  /// Version and type of the eight-bit products that are sound; nil where there are none.
  var fp8Products: (version: String, type: String)?
  /// Type of the eight-bit expert layers.
  var fp8Experts: String?
  /// Version of the all-reduce tables.
  var allReduceVersion: String?
}

/// Kernel tables of one GPU as calls beside their rooflines.
struct SurfaceTables {
  let root: URL
  let source: KernelTableSource
  let settings: DeviceFitSettings
  /// Rooflines fitted, no surface yet.
  let times: KernelTimes

  private static let milli = 1e-3

  private func url(_ kind: String, _ version: String, _ file: String) -> URL {
    root.appending(path: "\(source.folder)/\(kind)/vllm/\(version)/\(file)")
  }

  /// What there is a table of, in the order of the kinds.
  func samples() throws -> [SurfaceSamples] {
    var result = [
      try products(.matrixProducts, source.version, "bfloat16", weightBytes: 2),
      try decodeAttention(), try prefillAttention(),
      try experts(.experts, "bfloat16", weightBytes: 2),
    ]
    if let fp8 = source.fp8Products {
      result.append(try products(.matrixProductsFP8, fp8.version, fp8.type, weightBytes: 1))
    }
    if let type = source.fp8Experts {
      result.append(try experts(.expertsFP8, type, weightBytes: 1))
    }
    if let version = source.allReduceVersion { result.append(try allReduces(version)) }
    return result.map { $0.thinned(to: settings.surfaces.mostRows) }
  }

  func products(
    _ kind: KernelKind, _ version: String, _ type: String, weightBytes: Double
  ) throws -> SurfaceSamples {
    let rows = try CSVRows(url("gemm", version, "gemm_perf.csv.gz"))
    let columns = try ["m", "n", "k", "latency"].map(rows.column)
    let typeColumn = rows.optionalColumn("gemm_dtype")
    var samples = SurfaceSamples(kind, groupName: kind.groupName)
    try rows.forEachRow { row in
      if let typeColumn, row.text(typeColumn) != type { return }
      let value = columns.map(row.number)
      let product = times.product(width: value[1], depth: value[2], weightBytes: weightBytes)
      samples.append(
        Array(value[0..<3]), measured: Self.milli * value[3],
        roofline: product.rooflineSeconds(rows: value[0]), group: "\(value[1]) \(value[2])")
    }
    return samples
  }

  // MARK: Attention

  private func decodeAttention() throws -> SurfaceSamples {
    try attention(.decodeAttention, "generation_attention", "step") { call, attention in
      let (rows, context) = (call.batch, call.length + 1)
      return (
        [context, rows * call.cacheHeads, call.heads / call.cacheHeads],
        attention.decodeRooflineSeconds(rows: rows, contextTokens: rows * context)
      )
    }
  }

  private func prefillAttention() throws -> SurfaceSamples {
    try attention(.prefillAttention, "context_attention", "isl") { call, attention in
      let pairs = call.batch * call.length * (call.length + 1) / 2
      return (
        [call.length, call.batch * call.heads, call.heads / call.cacheHeads, call.heads],
        attention.prefillRooflineSeconds(tokens: call.batch * call.length, pairs: pairs)
      )
    }
  }

  private struct AttentionCall {
    let batch, heads, cacheHeads, length: Double
  }

  /// Calls of bfloat16 without a window, at the head dimension that most models have.
  private func attention(
    _ kind: KernelKind, _ name: String, _ lengthColumn: String,
    _ shape: (AttentionCall, KernelTimes.Attention) -> ([Double], Double)
  ) throws -> SurfaceSamples {
    let rows = try CSVRows(url("attention", source.version, "\(name)_perf.csv.gz"))
    let columns = try ["batch_size", "num_heads", "num_key_value_heads", lengthColumn, "latency"]
      .map(rows.column)
    let dimension = settings.kernelLimits.headDimension
    let filters: [(column: Int?, wanted: String)] = [
      (rows.optionalColumn("kv_cache_dtype"), "bfloat16"),
      (rows.optionalColumn("window_size"), "0"),
      (rows.optionalColumn("head_dim"), "\(Int(dimension))"),
    ]
    var samples = SurfaceSamples(kind, groupName: kind.groupName)
    try rows.forEachRow { row in
      for filter in filters {
        if let column = filter.column, row.text(column) != filter.wanted { return }
      }
      let value = columns.map(row.number)
      let call = AttentionCall(
        batch: value[0], heads: value[1], cacheHeads: value[2], length: value[3])
      let attention = times.attention(
        heads: call.heads, cacheHeads: call.cacheHeads, headDimension: dimension,
        cacheElements: 2 * call.cacheHeads * dimension,
        cacheElementBytes: settings.kernelElementBytes)
      let (point, roofline) = shape(call, attention)
      samples.append(
        point, measured: Self.milli * value[4], roofline: roofline,
        group: "\(call.heads) \(call.cacheHeads)")
    }
    return samples
  }

  // MARK: Experts and all-reduce

  private func experts(
    _ kind: KernelKind, _ type: String, weightBytes: Double
  ) throws -> SurfaceSamples {
    let table = try ParquetTable(url("moe", source.version, "moe_perf.parquet"))
    let types = try table.texts("moe_dtype")
    let distributions = try table.texts("distribution")
    let columns = try [
      "num_tokens", "hidden_size", "inter_size", "topk", "num_experts", "moe_tp_size",
      "moe_ep_size", "latency",
    ].map(table.numbers)
    var samples = SurfaceSamples(kind, groupName: kind.groupName)
    let surfaces = settings.surfaces
    for row in types.indices
    where types[row] == type && distributions[row] == surfaces.expertDistribution {
      let value = columns.map { $0[row] }
      let (tokens, count, shares) = (value[0], value[4], value[6])
      guard max(value[5], shares) <= surfaces.mostExpertShares else { continue }
      let (held, width) = (count / shares, value[2] / value[5])
      let experts = times.experts(
        count: count, held: held, perToken: value[3], hidden: value[1], width: width,
        weightBytes: weightBytes)
      samples.append(
        [
          tokens * value[3] / count, held, KernelTimes.expertSize(hidden: value[1], width: width),
          shares,
        ], measured: Self.milli * value[7],
        roofline: experts.rooflineSeconds(tokens: tokens),
        group: "\(value[1]) \(value[2]) \(count) \(value[3])",
        isUnaligned: experts.isUnaligned)
    }
    return samples
  }

  /// The engine's own all-reduce inside a graph, in elements of two bytes.
  private func allReduces(_ version: String) throws -> SurfaceSamples {
    let table = try ParquetTable(url("comm", version, "custom_allreduce_perf.parquet"))
    let backends = try table.texts("backend")
    let columns = try ["num_gpus", "message_size", "latency"].map(table.numbers)
    var samples = SurfaceSamples(.allReduce, groupName: KernelKind.allReduce.groupName)
    for row in backends.indices where backends[row].hasSuffix("graph") {
      let value = columns.map { $0[row] }
      let bytes = settings.kernelElementBytes * value[1]
      let roofline = times.kernels.allReduceSeconds(
        linkAtPeak: times.allReduceLinkSeconds(bytes: bytes, gpus: value[0]))
      samples.append(
        [bytes, value[0]], measured: Self.milli * value[2], roofline: roofline,
        group: "\(bytes)")
    }
    return samples
  }
}
