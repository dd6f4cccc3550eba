internal import DeviceModels
internal import Foundation

/// Measured calls of one kind of kernel: what they do at the GPU's peaks, and how long they took.
struct KernelSamples {
  /// Seconds of arithmetic at peak; for decode attention, sequences times key-value heads.
  var first: [Double] = []
  /// Seconds of memory traffic (or of link traffic) at peak.
  var second: [Double] = []
  var seconds: [Double] = []
  /// Mean board power of the call, W; 0 where nobody measured it.
  var watts: [Double] = []

  mutating func append(_ first: Double, _ second: Double, _ seconds: Double, _ watts: Double = 0) {
    guard seconds > 0 else { return }
    self.first.append(first)
    self.second.append(second)
    self.seconds.append(seconds)
    self.watts.append(watts)
  }

  /// Every k-th sample in the order of the file, k the smallest that leaves at most `limit`.
  func thinned(to limit: Int) -> KernelSamples {
    let stride = max(1, (seconds.count + limit - 1) / limit)
    var result = KernelSamples()
    for i in Swift.stride(from: 0, to: seconds.count, by: stride) {
      result.append(first[i], second[i], seconds[i], watts[i])
    }
    return result
  }
}

/// Kernel tables of one GPU: bfloat16, head dimension 128, no attention window.
struct KernelMeasurements {
  let gpu: GPUSheet
  /// The folder of the GPU's tables and the version of the engine that they were taken with.
  let folder: URL
  let version: String
  let limits: DeviceFitSettings.KernelLimits
  /// Of the tables' type.
  let bytesPerElement: Double

  private let milli = 1e-3

  private func table(_ kind: String, _ name: String) throws -> CSVRows {
    try CSVRows(folder.appending(path: "\(kind)/vllm/\(version)/\(name)_perf.csv.gz"))
  }

  private func atPeak(flop: Double) -> Double { flop / gpu.peakBF16FlopsPerSecond }
  private func atPeak(bytes: Double) -> Double { bytes / gpu.memoryBytesPerSecond }

  /// Products of the sizes that layers have.
  func matrixProducts() throws -> KernelSamples {
    let rows = try table("gemm", "gemm")
    let (m, n, k) = (try rows.column("m"), try rows.column("n"), try rows.column("k"))
    let (latency, power) = (try rows.column("latency"), rows.optionalColumn("power"))
    let type = rows.optionalColumn("gemm_dtype")
    var samples = KernelSamples()
    try rows.forEachRow { row in
      if let type, row.text(type) != "bfloat16" { return }
      let (m, n, k) = (row.number(m), row.number(n), row.number(k))
      guard limits.weightElements.contains(n * k), m <= limits.mostTokens else { return }
      samples.append(
        atPeak(flop: 2 * m * n * k), atPeak(bytes: bytesPerElement * (n * k + m * k + m * n)),
        milli * row.number(latency), power.map(row.number) ?? 0)
    }
    return samples
  }

  func decodeAttention() throws -> KernelSamples {
    try attention("generation_attention", lengthColumn: "step") { batch, _, cacheHeads, step in
      let bytes = batch * (step + 1) * cacheHeads * 2 * limits.headDimension * bytesPerElement
      return (batch * cacheHeads, atPeak(bytes: bytes))
    }
  }

  func prefillAttention() throws -> KernelSamples {
    try attention("context_attention", lengthColumn: "isl") { batch, heads, cacheHeads, length in
      let pairs = batch * length * (length + 1) / 2
      let flop = 4 * pairs * heads * limits.headDimension
      let elements = batch * length * 2 * (heads + cacheHeads) * limits.headDimension
      return (atPeak(flop: flop), atPeak(bytes: elements * bytesPerElement))
    }
  }

  private func attention(
    _ name: String, lengthColumn: String,
    _ work: (Double, Double, Double, Double) -> (Double, Double)
  ) throws -> KernelSamples {
    let rows = try table("attention", name)
    let batch = try rows.column("batch_size")
    let (heads, cacheHeads) = (
      try rows.column("num_heads"), try rows.column("num_key_value_heads")
    )
    let (length, latency) = (try rows.column(lengthColumn), try rows.column("latency"))
    let filters: [(column: Int?, wanted: String)] = [
      (rows.optionalColumn("kv_cache_dtype"), "bfloat16"),
      (rows.optionalColumn("window_size"), "0"),
      (rows.optionalColumn("head_dim"), "\(Int(limits.headDimension))"),
    ]
    let power = rows.optionalColumn("power")
    var samples = KernelSamples()
    try rows.forEachRow { row in
      for filter in filters {
        if let column = filter.column, row.text(column) != filter.wanted { return }
      }
      let (heads, cacheHeads) = (row.number(heads), row.number(cacheHeads))
      guard cacheHeads <= limits.mostCacheHeads, heads <= limits.mostHeads,
        heads <= limits.mostHeadsPerCacheHead * cacheHeads
      else { return }
      let (first, second) = work(row.number(batch), heads, cacheHeads, row.number(length))
      samples.append(first, second, milli * row.number(latency), power.map(row.number) ?? 0)
    }
    return samples
  }
}

extension KernelMeasurements {
  /// All-reduces within one node from Vidur's tables, of at least `leastBytes`.
  static func allReduces(_ url: URL, gpu: GPUSheet, leastBytes: Double) throws -> KernelSamples {
    let rows = try CSVRows(url)
    let (workers, size) = (try rows.column("num_workers"), try rows.column("size"))
    let devices = try rows.column("devices_per_node")
    let median = try rows.column("time_stats.all_reduce.median")
    var samples = KernelSamples()
    try rows.forEachRow { row in
      let (workers, bytes) = (row.number(workers), row.number(size))
      guard row.number(devices) == workers, bytes >= leastBytes else { return }
      let moved = 2 * (workers - 1) / workers * bytes
      samples.append(0, moved / gpu.linkBytesPerSecond, 1e-3 * row.number(median))
    }
    return samples
  }
}
