internal import DeviceModels

/// What the device model says of a measured kernel.
extension KernelRow.Work {
  /// Bytes of an element of bf16.
  private static let elementBytes = 2.0

  private func attention(
    _ times: KernelTimes, heads: Double, cacheHeads: Double, dimension: Double
  ) -> KernelTimes.Attention {
    times.attention(
      heads: heads, cacheHeads: cacheHeads, headDimension: dimension,
      cacheElements: 2 * cacheHeads * dimension, cacheElementBytes: Self.elementBytes)
  }

  /// By the roofline alone.
  func rooflineSeconds(_ times: KernelTimes) -> Double {
    switch self {
    case .product(let tokens, let width, let depth):
      return times.product(width: width, depth: depth, weightBytes: Self.elementBytes)
        .rooflineSeconds(rows: tokens)
    case .decodeAttention(let rows, let context, let heads, let cacheHeads, let dimension):
      return attention(times, heads: heads, cacheHeads: cacheHeads, dimension: dimension)
        .decodeRooflineSeconds(rows: rows, contextTokens: rows * context)
    case .prefillAttention(let rows, let tokens, let heads, let cacheHeads, let dimension):
      return attention(times, heads: heads, cacheHeads: cacheHeads, dimension: dimension)
        .prefillRooflineSeconds(tokens: rows * tokens, pairs: rows * tokens * (tokens + 1) / 2)
    }
  }

  /// With the GPU's surface of its shape, where there is one.
  func seconds(_ times: KernelTimes) -> Double {
    switch self {
    case .product(let tokens, let width, let depth):
      return times.product(width: width, depth: depth, weightBytes: Self.elementBytes)
        .seconds(rows: tokens)
    case .decodeAttention(let rows, let context, let heads, let cacheHeads, let dimension):
      return attention(times, heads: heads, cacheHeads: cacheHeads, dimension: dimension)
        .decodeSeconds(rows: rows, contextTokens: rows * context)
    case .prefillAttention(let rows, let tokens, let heads, let cacheHeads, let dimension):
      return attention(times, heads: heads, cacheHeads: cacheHeads, dimension: dimension)
        .prefillSeconds(tokens: rows * tokens, pairs: rows * tokens * (tokens + 1) / 2)
    }
  }

  /// What it does at the GPU's peaks, as a roofline's fit takes it.
  func atPeak(_ times: KernelTimes) -> (first: Double, second: Double) {
    switch self {
    case .product(let tokens, let width, let depth):
      let work = times.product(width: width, depth: depth, weightBytes: Self.elementBytes)
        .work(rows: tokens)
      return (work.compute, work.memory)
    case .decodeAttention(let rows, let context, let heads, let cacheHeads, let dimension):
      let work = attention(times, heads: heads, cacheHeads: cacheHeads, dimension: dimension)
        .decodeWork(contextTokens: rows * context)
      return (rows * cacheHeads, work.memory)
    case .prefillAttention(let rows, let tokens, let heads, let cacheHeads, let dimension):
      let work = attention(times, heads: heads, cacheHeads: cacheHeads, dimension: dimension)
        .prefillWork(tokens: rows * tokens, pairs: rows * tokens * (tokens + 1) / 2)
      return (work.compute, work.memory)
    }
  }

  var kind: KernelKind {
    switch self {
    case .product: .matrixProducts
    case .decodeAttention: .decodeAttention
    case .prefillAttention: .prefillAttention
    }
  }

  /// Coordinates of its kind's surface.
  var coordinates: [Double] {
    switch self {
    case .product(let tokens, let width, let depth): [tokens, width, depth]
    case .decodeAttention(let rows, let context, let heads, let cacheHeads, _):
      [context, rows * cacheHeads, heads / cacheHeads]
    case .prefillAttention(let rows, let tokens, let heads, let cacheHeads, _):
      [tokens, rows * heads, heads / cacheHeads]
    }
  }

  /// What is left out together: the shape but for its load.
  var group: String {
    switch self {
    case .product(_, let width, let depth): "\(width) \(depth)"
    case .decodeAttention(_, _, let heads, let cacheHeads, _),
      .prefillAttention(_, _, let heads, let cacheHeads, _):
      "\(heads) \(cacheHeads)"
    }
  }
}
