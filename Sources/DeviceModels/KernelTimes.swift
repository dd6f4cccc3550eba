#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Times of kernels by their shapes on one GPU: the roofline times what the GPU's measured surface
/// says of the shape, where there is one, and never less than the data sheet's peaks allow.
public struct KernelTimes: Sendable {
  public let gpu: GPUSheet
  public let kernels: KernelParameters

  public init(gpu: GPUSheet, kernels: KernelParameters) {
    self.gpu = gpu
    self.kernels = kernels
  }

  /// Seconds that arithmetic and memory traffic would take at the data sheet's peaks.
  public struct Work: Hashable, Sendable {
    public var compute: Double
    public var memory: Double

    public init(compute: Double, memory: Double) {
      self.compute = compute
      self.memory = memory
    }
  }

  /// FLOP of one term of a matrix product: a multiplication and an addition.
  static let flopPerProductTerm = 2.0
  /// Bytes of an activation in the attention tables: bfloat16.
  static let queryBytes = 2.0

  func memorySeconds(bytes: Double) -> Double { bytes / gpu.memoryBytesPerSecond }
  func computeSeconds(flop: Double) -> Double { flop / gpu.peakBF16FlopsPerSecond }

  /// Eight-bit weights multiply at the eight-bit peak where the GPU has one; everything else,
  /// narrower weights included, at the bfloat16 peak.
  func productComputeSeconds(flop: Double, weightBytes: Double) -> Double {
    flop / ((weightBytes == 1 ? gpu.peakFP8FlopsPerSecond : nil) ?? gpu.peakBF16FlopsPerSecond)
  }

  func hasFP8(_ weightBytes: Double) -> Bool {
    weightBytes == 1 && gpu.peakFP8FlopsPerSecond != nil
  }

  /// Combines a roofline with a surface's logarithm, the peaks as the least.
  func corrected(_ roofline: Double, _ logarithm: Double?, least: Work) -> Double {
    max(roofline * exp(logarithm ?? 0), least.compute, least.memory)
  }

  /// The logarithm to base 2 of a coordinate; those of no work count as 1.
  static func coordinate(_ value: Double) -> Double { log2(max(value, 1e-9)) }
}

// MARK: Matrix products

extension KernelTimes {
  /// A product of `rows` × depth with depth × width, `weightBytes` an element of the latter.
  public struct Product: Sendable {
    let times: KernelTimes
    let width: Double
    let depth: Double
    let weightBytes: Double
    /// Over the rows alone.
    let surface: KernelSurface?

    public func work(rows: Double) -> Work {
      let flop = KernelTimes.flopPerProductTerm * rows * width * depth
      let activations = times.kernels.activations.bytesPerActivation * rows * (width + depth)
      return Work(
        compute: times.productComputeSeconds(flop: flop, weightBytes: weightBytes),
        memory: times.memorySeconds(bytes: weightBytes * width * depth + activations))
    }

    /// Eight-bit products compute whole tiles.
    public func rooflineSeconds(rows: Double) -> Double {
      let work = work(rows: rows)
      let tiles = times.hasFP8(weightBytes) ? times.filledRows(rows) / rows : 1
      return times.kernels.matrixProductSeconds(
        computeAtPeak: tiles * work.compute, memoryAtPeak: work.memory)
    }

    /// Without that: rises with every row.
    func unfilledRooflineSeconds(rows: Double) -> Double {
      let work = work(rows: rows)
      return times.kernels.matrixProductSeconds(
        computeAtPeak: work.compute, memoryAtPeak: work.memory)
    }

    public func seconds(rows: Double) -> Double {
      let logarithm = surface?.value(at: KernelTimes.coordinate(rows))
      return times.corrected(
        rooflineSeconds(rows: rows), logarithm, least: work(rows: rows))
    }
  }

  /// Rows that tiles compute where so many are asked for.
  func filledRows(_ rows: Double) -> Double {
    let tile = kernels.fp8TileRows
    guard rows < tile else { return (rows / tile).rounded(.up) * tile }
    return min(tile, exp2(log2(rows).rounded(.up)))
  }

  public func product(width: Double, depth: Double, weightBytes: Double) -> Product {
    let kind: KernelKind = hasFP8(weightBytes) ? .matrixProductsFP8 : .matrixProducts
    let surface = kernels.surfaces[kind]?.fixing([
      1: Self.coordinate(width), 2: Self.coordinate(depth),
    ])
    return Product(
      times: self, width: width, depth: depth, weightBytes: weightBytes, surface: surface)
  }
}

// MARK: Attention

extension KernelTimes {
  /// Attention of one layer on one GPU: its heads, and the width of a cached element.
  public struct Attention: Sendable {
    let times: KernelTimes
    let heads: Double
    let cacheHeads: Double
    let headDimension: Double
    /// Of one token in one layer on this GPU.
    let cacheElements: Double
    let cacheElementBytes: Double
    /// Over context and cache heads times rows, and over length and heads times sequences.
    let decodeSurface: KernelSurface?
    let prefillSurface: KernelSurface?

    /// Each row reads the keys and values of its context; scores and their product with the
    /// values are two products per query head.
    public func decodeWork(contextTokens: Double) -> Work {
      let elements = contextTokens * cacheElements
      let flop = 2 * KernelTimes.flopPerProductTerm * contextTokens * heads * headDimension
      return Work(
        compute: times.computeSeconds(flop: flop),
        memory: times.memorySeconds(bytes: elements * cacheElementBytes))
    }

    /// What one call takes, what its roofline says, and its work at peak.
    struct Call {
      let seconds: Double
      let roofline: Double
      let work: Work
    }

    public func decodeRooflineSeconds(rows: Double, contextTokens: Double) -> Double {
      times.kernels.decodeAttentionSeconds(
        rowHeads: rows * cacheHeads,
        memoryAtPeak: decodeWork(contextTokens: contextTokens).memory)
    }

    /// `rows` sequences that attend to `contextTokens` in sum.
    public func decodeSeconds(rows: Double, contextTokens: Double) -> Double {
      decode(rows: rows, contextTokens: contextTokens).seconds
    }

    func decode(rows: Double, contextTokens: Double) -> Call {
      let logarithm = decodeSurface?.value(
        at: KernelTimes.coordinate(contextTokens / rows), KernelTimes.coordinate(rows * cacheHeads))
      let work = decodeWork(contextTokens: contextTokens)
      let roofline = times.kernels.decodeAttentionSeconds(
        rowHeads: rows * cacheHeads, memoryAtPeak: work.memory)
      let seconds = times.corrected(
        roofline, logarithm, least: Work(compute: 0, memory: work.memory))
      return Call(seconds: seconds, roofline: roofline, work: work)
    }

    /// Queries, keys, values and output of the tokens; scores and values of the causal pairs.
    public func prefillWork(tokens: Double, pairs: Double) -> Work {
      let elements = tokens * 2 * (heads + cacheHeads) * headDimension
      let flop = 2 * KernelTimes.flopPerProductTerm * pairs * heads * headDimension
      return Work(
        compute: times.computeSeconds(flop: flop),
        memory: times.memorySeconds(bytes: elements * KernelTimes.queryBytes))
    }

    public func prefillRooflineSeconds(tokens: Double, pairs: Double) -> Double {
      let work = prefillWork(tokens: tokens, pairs: pairs)
      return times.kernels.prefillAttentionSeconds(
        computeAtPeak: work.compute, memoryAtPeak: work.memory)
    }

    /// `tokens` of prompt with `pairs` causal pairs in sum: taken as sequences of the one length
    /// that has this many pairs a token, after which a chunk behind past tokens counts as part of
    /// a sequence.
    public func prefillSeconds(tokens: Double, pairs: Double) -> Double {
      prefill(tokens: tokens, pairs: pairs).seconds
    }

    func prefill(tokens: Double, pairs: Double) -> Call {
      let length = max(1, 2 * pairs / tokens - 1)
      let logarithm = prefillSurface?.value(
        at: KernelTimes.coordinate(length), KernelTimes.coordinate(tokens / length * heads))
      let work = prefillWork(tokens: tokens, pairs: pairs)
      let roofline = times.kernels.prefillAttentionSeconds(
        computeAtPeak: work.compute, memoryAtPeak: work.memory)
      return Call(
        seconds: times.corrected(roofline, logarithm, least: work), roofline: roofline, work: work)
    }
  }

  public func attention(
    heads: Double, cacheHeads: Double, headDimension: Double, cacheElements: Double,
    cacheElementBytes: Double
  ) -> Attention {
    let group = [2: Self.coordinate(heads / cacheHeads)]
    return Attention(
      times: self, heads: heads, cacheHeads: cacheHeads, headDimension: headDimension,
      cacheElements: cacheElements, cacheElementBytes: cacheElementBytes,
      decodeSurface: kernels.surfaces[.decodeAttention]?.fixing(group),
      prefillSurface: kernels.surfaces[.prefillAttention]?.fixing(
        group.merging([3: Self.coordinate(heads)]) { first, _ in first }))
  }
}

// MARK: All-reduce

extension KernelTimes {
  /// Link seconds at peak of a ring all-reduce of `bytes` among `gpus`.
  public func allReduceLinkSeconds(bytes: Double, gpus: Double) -> Double {
    2 * (gpus - 1) / gpus * bytes / gpu.linkBytesPerSecond
  }

  public func allReduceSeconds(bytes: Double, gpus: Double) -> Double {
    let roofline = kernels.allReduceSeconds(
      linkAtPeak: allReduceLinkSeconds(bytes: bytes, gpus: gpus))
    let logarithm = kernels.surfaces[.allReduce]?.value(
      at: Self.coordinate(bytes), Self.coordinate(gpus))
    return roofline * exp(logarithm ?? 0)
  }
}
