import DeviceModels
import Foundation
import Scenarios
import Testing

/// Times by shape on a toy GPU: peaks of 1,000 FLOP/s and 1,000 byte/s, every efficiency 1.
struct KernelTimesTests {
  static func times(_ surfaces: [KernelKind: KernelSurface] = [:]) throws -> KernelTimes {
    var gpu = try RooflineReplicaModelTests.toy().gpu
    gpu.peakBF16FlopsPerSecond = 1000
    var kernels = try RooflineReplicaModelTests.toy().parameters.kernels
    kernels.gemmLatency = 0
    kernels.surfaces = KernelSurfaces(surfaces)
    return KernelTimes(gpu: gpu, kernels: kernels)
  }

  /// The same logarithm everywhere.
  static func flat(_ axisCount: Int, _ value: Double) throws -> KernelSurface {
    let axes = [[Double]](repeating: [0, 1], count: axisCount)
    let surface = KernelSurface(
      axes: axes, values: [Double](repeating: value, count: 1 << axisCount))
    return try #require(surface)
  }

  @Test func `a surface multiplies the roofline`() throws {
    let plain = try Self.times().product(width: 8, depth: 4, weightBytes: 2).seconds(rows: 2)
    // 128 FLOP and 2·(32 + 24) bytes.
    #expect(abs(plain - (0.128 * 0.128 + 0.112 * 0.112).squareRoot()) < 1e-12)
    let times = try Self.times([.matrixProducts: Self.flat(3, 0.5)])
    let product = times.product(width: 8, depth: 4, weightBytes: 2)
    #expect(abs(product.seconds(rows: 2) / plain - 1.6487212707) < 1e-9)
  }

  @Test func `no surface makes a kernel faster than the data sheet's peaks`() throws {
    let times = try Self.times([.matrixProducts: Self.flat(3, -5)])
    let product = times.product(width: 8, depth: 4, weightBytes: 2)
    #expect(abs(product.seconds(rows: 2) - 0.128) < 1e-12)
  }

  @Test func `eight-bit weights multiply at the eight-bit peak where there is one`() throws {
    var times = try Self.times()
    #expect(
      abs(times.product(width: 8, depth: 4, weightBytes: 1).work(rows: 2).compute - 0.128) < 1e-12)
    var gpu = times.gpu
    gpu.peakFP8FlopsPerSecond = 2000
    times = KernelTimes(gpu: gpu, kernels: times.kernels)
    let work = times.product(width: 8, depth: 4, weightBytes: 1).work(rows: 2)
    #expect(abs(work.compute - 0.064) < 1e-12)
    // 32 weights of one byte, 24 activations of two.
    #expect(abs(work.memory - 0.080) < 1e-12)
    #expect(times.product(width: 8, depth: 4, weightBytes: 2).work(rows: 2).compute == 0.128)
  }

  /// Arithmetic of a product of one weight is its rows / 500 at a peak of 1,000 FLOP/s.
  @Test(arguments: [(1.0, 1.0), (3, 4), (17, 32), (65, 128), (128, 128), (129, 256), (300, 384)])
  func `eight-bit products compute whole tiles of rows`(rows: Double, filled: Double) throws {
    var times = try Self.times()
    var (gpu, kernels) = (times.gpu, times.kernels)
    gpu.peakFP8FlopsPerSecond = 1000
    gpu.memoryBytesPerSecond = 1e12
    kernels.fp8TileRows = 128
    times = KernelTimes(gpu: gpu, kernels: kernels)
    let narrow = times.product(width: 1, depth: 1, weightBytes: 1).seconds(rows: rows)
    #expect(abs(narrow - filled / 500) < 1e-9)
    let wide = times.product(width: 1, depth: 1, weightBytes: 2).seconds(rows: rows)
    #expect(abs(wide - rows / 500) < 1e-9)
  }

  @Test func `a batch reaches the experts that chance gives it`() throws {
    let experts = try Self.times().experts(
      count: 8, held: 8, perToken: 2, hidden: 4, width: 3, weightBytes: 2)
    #expect(abs(experts.distinctExperts(tokens: 1) - 2) < 1e-12)
    // 8·(1 - (3/4)²)
    #expect(abs(experts.distinctExperts(tokens: 2) - 3.5) < 1e-12)
    #expect(abs(experts.distinctExperts(tokens: 1000) - 8) < 1e-9)
    // Two visits of 3·4·3 weights; weights of two experts, 2·(2·4 + 3·3) activations of the
    // products and 2·(4 + 3·3) of the gate and the sum.
    let work = experts.work(tokens: 1)
    #expect(abs(work.compute - 0.144) < 1e-12)
    #expect(abs(work.memory - (2 * 2 * 36 + 2 * 2 * (17 + 13)) / 1000) < 1e-12)
  }

  @Test func `a GPU that holds half of the experts reads half, and sums over all choices`() throws {
    let times = try Self.times()
    func memory(held: Double) -> Double {
      times.experts(count: 8, held: held, perToken: 2, hidden: 4, width: 3, weightBytes: 2)
        .work(tokens: 5).memory
    }
    // Ten choices of 4 + 3·3 activations pass the gate and the sum wherever their experts are.
    let choices = 2.0 * 10 * 13 / 1000
    #expect(abs(memory(held: 4) - choices - (memory(held: 8) - choices) / 2) < 1e-12)
  }

  @Test func `slices of experts are filled up to tiles, and take longer where they begin anywhere`()
    throws
  {
    var kernels = try Self.times().kernels
    kernels.expertTileWidth = 4
    kernels.expertAlignment = 2
    var surface = try #require(
      KernelSurface(
        axes: [[-8, 8], [0, 8], [0, 8], [0, 3]], values: [Double](repeating: 0, count: 16)))
    surface.unaligned = log(3)
    kernels.surfaces[.experts] = surface
    let times = KernelTimes(gpu: try Self.times().gpu, kernels: kernels)
    func experts(_ width: Double) -> KernelTimes.Experts {
      times.experts(count: 8, held: 8, perToken: 2, hidden: 64, width: width, weightBytes: 2)
    }
    #expect(experts(3).isUnaligned && !experts(2).isUnaligned && !experts(4).isUnaligned)
    // Weights fill the tile; activations, gate and latency aside, do not.
    let (two, four) = (experts(2).rooflineSeconds(tokens: 1), experts(4).rooflineSeconds(tokens: 1))
    #expect(two < four && two > 0.95 * four)
    #expect(experts(2).work(tokens: 1).compute == experts(4).work(tokens: 1).compute / 2)
    let three = experts(3)
    #expect(abs(three.seconds(tokens: 1) / three.rooflineSeconds(tokens: 1) - 3) < 1e-9)
    #expect(abs(experts(4).seconds(tokens: 1) / four - 1) < 1e-9)
  }
}

/// What kinds of layers, experts and samplers do to a replica.
struct ModelKindTests {
  @Test func `layers with a window stop growing at it`() throws {
    let catalog = try Shipped.catalog()
    let replica = try catalog.replicaModel(gpu: "l40s", model: "gemma-3-1b")
    let window = try #require(replica.model.slidingWindow)
    var full = replica.model
    full.slidingWindow = nil
    let unlimited = try catalog.replicaModel(gpu: "l40s", model: full)
    func seconds(_ replica: RooflineReplicaModel, _ context: Int) -> Double {
      replica.estimate(IterationShape(decodeRows: 4, decodeContextTokens: 4 * context))
        .decodeAttention.seconds
    }
    #expect(abs(seconds(replica, window.tokens) / seconds(unlimited, window.tokens) - 1) < 1e-12)
    let growth = { (r: RooflineReplicaModel) in seconds(r, 16_384) - seconds(r, 8192) }
    let share = Double(full.layerCount - window.layerCount) / Double(full.layerCount)
    #expect(abs(growth(replica) / growth(unlimited) - share) < 0.01)
  }

  @Test func `experts cost less than all their weights until a batch reaches them all`() throws {
    let replica = try Shipped.catalog().replicaModel(
      gpu: "h100-sxm", model: "qwen3-30b-a3b", tensorParallel: 1)
    func memory(_ rows: Int) -> Double {
      let linear = replica.estimate(
        IterationShape(decodeRows: rows, decodeContextTokens: rows)
      ).linear
      return linear.bandwidthUtilization * linear.seconds * replica.gpu.memoryBytesPerSecond
    }
    #expect(memory(1) < 0.16 * replica.model.weightBytes)
    #expect(memory(512) > 0.98 * replica.model.weightBytes)
  }

  @Test func `eight-bit weights decode faster, and take less than half longer than their bytes`()
    throws
  {
    let catalog = try Shipped.catalog()
    var sheet = try catalog.model(named: "llama-3.1-70b")
    let shape = IterationShape(decodeRows: 8, decodeContextTokens: 4000)
    let plain = try catalog.replicaModel(gpu: "h100-sxm", model: sheet, tensorParallel: 4)
    sheet.weightFormat = .fp8
    let narrow = try catalog.replicaModel(gpu: "h100-sxm", model: sheet, tensorParallel: 4)
    let ratio = narrow.estimate(shape).linear.seconds / plain.estimate(shape).linear.seconds
    #expect(ratio > 0.5 && ratio < 0.75)
  }

  @Test func `choosing without a sort takes less, by the vocabulary`() throws {
    let catalog = try Shipped.catalog()
    let parameters = try catalog.parameters(gpu: "h100-sxm")
    let sheet = try catalog.model(named: "qwen2.5-7b")
    let shape = IterationShape(decodeRows: 100, decodeContextTokens: 4000)
    func seconds(_ sampler: Sampler) throws -> Double {
      try RooflineReplicaModel(
        gpu: catalog.gpu(named: "h100-sxm"), model: sheet,
        layout: ReplicaLayout(sampler: sampler), parameters: parameters
      ).estimate(shape).sampling.seconds
    }
    let engine = parameters.engine
    let expected = 100 * Double(sheet.vocabularySize) * engine.timePerLogitWithoutSort
    #expect(try abs(seconds(.unsorted) / expected - 1) < 1e-12)
    #expect(try seconds(.unsorted) < 0.75 * seconds(.sorted))
  }
}
