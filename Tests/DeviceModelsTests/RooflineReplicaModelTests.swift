import DeviceModels
import Foundation
import Quantities
import Scenarios
import Testing

@Suite struct RooflineReplicaModelTests {
  /// A device and model small enough to add up by hand: every efficiency 1, peaks of 1000.
  static func toy(degree: Int = 1, rowOverlapOrder: Double = 1) throws -> RooflineReplicaModel {
    var parameters = DeviceParameters.blank
    parameters.kernels.gemmComputeEfficiency = 1
    parameters.kernels.gemmBandwidthEfficiency = 1
    parameters.kernels.gemmLatency = 2
    parameters.kernels.decodeAttentionBandwidthEfficiency = 0.5
    parameters.kernels.decodeAttentionLatency = 3
    parameters.kernels.decodeAttentionTimePerHead = 0
    parameters.kernels.prefillAttentionComputeEfficiency = 0.5
    parameters.kernels.prefillAttentionBandwidthEfficiency = 1
    parameters.kernels.prefillAttentionLatency = 5
    parameters.kernels.allReduceLatency = 7
    parameters.kernels.allReduceLinkEfficiency = 1
    parameters.kernels.activations = ActivationTraffic(
      bytesPerActivation: 2, hiddenPasses: 8, feedForwardPasses: 3, projectionPasses: 2)
    parameters.engine.kernelScale = 1
    parameters.engine.timePerIteration = 11
    parameters.engine.timePerRow = 0.25
    parameters.engine.rowOverlapOrder = rowOverlapOrder
    parameters.engine.timePerLogit = 0.0625
    parameters.power = PowerParameters(
      sleepPower: 0, unloadedIdlePower: 0, idlePower: 10, gapPower: 20, samplingPower: 40,
      kernelFloorPower: 30, bandwidthPower: 0,
      bandwidthExponent: 1, computePower: 0, computeExponent: 1, communicationPower: 50,
      powerCap: 1e9, capOrder: 8)
    return try RooflineReplicaModel(
      gpu: GPUSheet(
        name: "toy", title: "toy", peakBF16FlopsPerSecond: 1e12, memoryBytesPerSecond: 1000,
        memoryBytes: 4096, thermalDesignPower: 100, leastPowerCap: 10, minimumClock: 100,
        maximumClock: 1000, linkBytesPerSecond: 100, gpusPerNode: 2),
      model: ModelSheet(
        name: "toy", title: "toy", layerCount: 2, hiddenSize: 4, attentionHeadCount: 2,
        keyValueHeadCount: 2, headDimension: 2, intermediateSize: 8, vocabularySize: 16,
        hasTiedEmbeddings: true, maxContextTokens: 64),
      layout: ReplicaLayout(tensorParallelDegree: degree), parameters: parameters)
  }

  /// With 40 rows the host takes 10 s beside a GPU that is busy for what an iteration without it
  /// takes; the GPU waits for the rest, at gap power.
  @Test(arguments: [4.0, 3, 6])
  func `a host that handles rows beside the GPU is waited for where it is slower`(
    order: Double
  ) throws {
    let shape = IterationShape(decodeRows: 40, decodeContextTokens: 400)
    let after = try Self.toy().estimate(shape)
    let beside = try Self.toy(rowOverlapOrder: order).estimate(shape)
    let busy = after.seconds - 10
    let whole = pow(pow(busy, order) + pow(10, order), 1 / order)
    #expect(abs(beside.seconds / whole - 1) < 1e-12)
    #expect(abs((after.joules - beside.joules) / (20 * (after.seconds - whole)) - 1) < 1e-9)
    #expect(beside.linear == after.linear)
  }

  @Test(arguments: ["b200-sxm", "h100-sxm"])
  func `no part of a host's time makes more work cheaper`(gpu: String) throws {
    let replica = try Shipped.catalog().replicaModel(gpu: gpu, model: "llama-3.1-8b")
    var last = (seconds: 0.0, joules: 0.0)
    for rows in stride(from: 1, through: 2048, by: 7) {
      let estimate = replica.estimate(
        IterationShape(decodeRows: rows, decodeContextTokens: rows * 300))
      #expect(estimate.seconds > last.seconds)
      #expect(estimate.joules > last.joules)
      last = (estimate.seconds, estimate.joules)
    }
  }

  @Test func `rows that fill up tiles of eight-bit experts are arithmetic of the products`() throws
  {
    let catalog = try Shipped.catalog()
    var sheet = try catalog.model(named: "qwen3-30b-a3b")
    sheet.weightFormat = .fp8
    let padded = try catalog.replicaModel(gpu: "h100-sxm", model: sheet)
    var parameters = padded.parameters
    let rows = parameters.engine.quantizedExpertPadding
    parameters.engine.quantizedExpertPadding = 0
    let shape = IterationShape(decodeRows: 8, decodeContextTokens: 4000)
    let (before, after) = (
      try padded.with(parameters).estimate(shape).linear, padded.estimate(shape).linear
    )
    // Gate, up and down of 128 experts of 768 over 2,048 in 48 layers.
    let flop = 2.0 * 48 * 128 * 3 * 2048 * 768
    let atPeak = try rows * flop / #require(padded.gpu.peakFP8FlopsPerSecond)
    #expect(atPeak > 0)
    let more = atPeak / parameters.kernels.gemmComputeEfficiency
    #expect(abs(after.seconds - before.seconds - more) < 1e-12)
    let arithmetic = { (phase: PhaseEstimate) in phase.computeUtilization * phase.seconds }
    #expect(abs(arithmetic(after) - arithmetic(before) - atPeak) < 1e-12)
    #expect(after.joules > before.joules)
  }

  @Test func `an engine's slower kernels of experts take that much longer`() throws {
    let catalog = try Shipped.catalog()
    let sheet = try catalog.model(named: "qwen3-30b-a3b")
    var parameters = try catalog.parameters(gpu: "h100-sxm")
    func linear(_ scale: Double) throws -> PhaseEstimate {
      parameters.engine.expertScale = scale
      return try RooflineReplicaModel(
        gpu: try catalog.gpu(named: "h100-sxm"), model: sheet,
        layout: ReplicaLayout(tensorParallelDegree: 1), parameters: parameters
      ).estimate(IterationShape(decodeRows: 8, decodeContextTokens: 4000)).linear
    }
    let experts = KernelTimes(
      gpu: try catalog.gpu(named: "h100-sxm"), kernels: parameters.kernels
    ).experts(count: 128, held: 128, perToken: 8, hidden: 2048, width: 768, weightBytes: 2)
    let (plain, slower) = (try linear(1), try linear(1.5))
    let more = parameters.engine.kernelScale * 0.5 * 48 * experts.seconds(tokens: 8)
    // Where a measured time dips, the tables keep rising.
    #expect(abs((slower.seconds - plain.seconds) / more - 1) < 0.01)
    // The same bytes and operations over a longer time.
    let traffic = plain.bandwidthUtilization * plain.seconds
    #expect(abs(slower.bandwidthUtilization * slower.seconds / traffic - 1) < 1e-9)
    #expect(slower.joules > plain.joules)
  }

  @Test func `a decode iteration takes the time that adds up by hand`() throws {
    let estimate = try Self.toy().estimate(IterationShape(decodeRows: 3, decodeContextTokens: 50))
    // Arithmetic is free at these peaks: every product takes its bytes / 1000, two bytes each.
    let product = { (depth: Double, width: Double) in 2 * (depth * width + 3 * (depth + width)) }
    let layer = product(4, 12) + product(4, 4) + product(4, 16) + product(8, 4)
    let elementwise: Double = 3 * 2 * (8 * 4 + 3 * 8 + 2 * 12)
    let bytes = 2 * (layer + elementwise) + product(4, 16)
    let linear = bytes / 1000 + 2 * 9
    #expect(abs(estimate.linear.seconds - linear) < 1e-9)
    // Two layers of keys and values, two heads of two, two bytes, at half the bandwidth.
    let cacheBytes: Double = 50 * 2 * 2 * 2 * 2 * 2
    let attention = 2 * 3 + cacheBytes / 500
    #expect(abs(estimate.decodeAttention.seconds - attention) < 1e-9)
    #expect(estimate.sampling.seconds == 3 * 16 * 0.0625)
    #expect(estimate.gap.seconds == 11 + 3 * 0.25)
    #expect(estimate.communication.seconds == 0)
    #expect(estimate.prefillAttention == .none)
    let kernels = 30 * (linear + attention)
    let joules = kernels + 40 * 3 + 20 * 11.75
    #expect(abs(estimate.joules - joules) < 1e-6)
    #expect(abs(estimate.decodeOwnJoules - 30 * attention) < 1e-9)
  }

  @Test func `tensor parallel halves the work of each GPU and adds all-reduces`() throws {
    let shape = IterationShape(decodeRows: 3, decodeContextTokens: 50)
    let one = try Self.toy().estimate(shape)
    let two = try Self.toy(degree: 2).estimate(shape)
    // Two per layer: 7 s each, and a ring's 2·(2-1)/2 of 3·4·2 bytes over 100 byte/s.
    #expect(abs(two.communication.seconds - 4 * (7 + 24 / 100.0)) < 1e-9)
    let reading = { (e: IterationEstimate) in e.decodeAttention.seconds - 6 }
    #expect(abs(reading(two) - reading(one) / 2) < 1e-9)
    #expect(two.gpuCount == 2)
    #expect(abs(two.joules - two.watts * two.seconds) < 1e-6)
  }

  @Test func `an all-reduce among four moves 1.5 times its bytes over the link`() throws {
    let replica = try Shipped.catalog().replicaModel(
      gpu: "l40s", model: "llama-3.1-8b", tensorParallel: 4)
    let engine = replica.parameters.engine
    let kernels = replica.parameters.kernels
    let shape = IterationShape(decodeRows: 100, decodeContextTokens: 10_000)
    // 2·(4-1)/4 of 100 tokens of 4096 activations of two bytes, twice in each of 32 layers.
    let transfer = 1.5 * 819_200 / (32e9 * kernels.allReduceLinkEfficiency)
    let expected = engine.kernelScale * 64 * (kernels.allReduceLatency + transfer)
    let seconds = replica.estimate(shape).communication.seconds
    #expect(abs(seconds / expected - 1) < 1e-12)
  }

  /// On a GPU without tables, at counts that are knots: 120 tokens, 24 rows, 28,672 of context.
  @Test func `an iteration is the sum of its rooflines`() throws {
    let replica = try Shipped.catalog().replicaModel(
      gpu: "l40s", model: "llama-3.1-8b", tensorParallel: 2)
    let (gpu, kernels) = (replica.gpu, replica.parameters.kernels)
    let scale = replica.parameters.engine.kernelScale
    let product = { (rows: Double, width: Double, depth: Double) in
      let compute = 2 * rows * width * depth / gpu.peakBF16FlopsPerSecond
      let memory = 2 * (width * depth + rows * (width + depth)) / gpu.memoryBytesPerSecond
      return kernels.matrixProductSeconds(computeAtPeak: compute, memoryAtPeak: memory)
    }
    let (rows, context, chunk, pairs) = (24.0, 28_672.0, 96.0, 6144.0)
    let tokens = rows + chunk
    let attention = product(tokens, 3072, 4096) + product(tokens, 4096, 2048)
    let feedForward = product(tokens, 14_336, 4096) + product(tokens, 4096, 7168)
    let elementwise = tokens * 2 * (8 * 4096 + 3 * 7168 + 2 * 3072)
    let linear =
      32 * (attention + feedForward) + product(25, 64_128, 4096)
      + 32 * elementwise / gpu.memoryBytesPerSecond / kernels.gemmBandwidthEfficiency
    let decode = kernels.decodeAttentionSeconds(
      rowHeads: rows * 4, memoryAtPeak: context * 2 * 4 * 128 * 2 / gpu.memoryBytesPerSecond)
    let prefill = kernels.prefillAttentionSeconds(
      computeAtPeak: 4 * pairs * 16 * 128 / gpu.peakBF16FlopsPerSecond,
      memoryAtPeak: chunk * 2 * 20 * 128 * 2 / gpu.memoryBytesPerSecond)
    let allReduce = kernels.allReduceSeconds(
      linkAtPeak: tokens * 4096 * 2 / gpu.linkBytesPerSecond)
    let estimate = replica.estimate(
      IterationShape(
        decodeRows: 24, decodeContextTokens: 28_672, prefillTokens: 96, prefillChunks: 1,
        prefillAttentionPairs: 6144))
    #expect(abs(estimate.linear.seconds / (scale * linear) - 1) < 1e-9)
    #expect(abs(estimate.decodeAttention.seconds / (scale * 32 * decode) - 1) < 1e-9)
    #expect(abs(estimate.prefillAttention.seconds / (scale * 32 * prefill) - 1) < 1e-9)
    #expect(abs(estimate.communication.seconds / (scale * 64 * allReduce) - 1) < 1e-9)
  }

  @Test func `the exact cost is the estimate rounded once`() throws {
    let replica = try Shipped.catalog().replicaModel(gpu: "h100-sxm", model: "qwen2.5-7b")
    let shape = IterationShape(
      decodeRows: 17, decodeContextTokens: 12_345, prefillTokens: 301, prefillChunks: 2,
      prefillAttentionPairs: 40_000)
    let estimate = replica.estimate(shape)
    let cost = replica.cost(of: shape)
    #expect(cost.duration == SimDuration(rounding: estimate.seconds))
    #expect(cost.energy == Energy(rounding: estimate.joules))
    #expect(cost.prefillOwnEnergy == Energy(rounding: estimate.prefillOwnJoules))
    #expect(cost.decodeOwnEnergy == Energy(rounding: estimate.decodeOwnJoules))
    #expect(cost.prefillOwnEnergy + cost.decodeOwnEnergy < cost.energy)
  }

  /// Where a measured time dips, or a window or a batch that reaches all experts is full, it stays
  /// level; tokens always cost.
  @Test func `more of anything never takes less time or energy, on every replica`() throws {
    let base = IterationShape(
      decodeRows: 8, decodeContextTokens: 4000, prefillTokens: 200, prefillChunks: 1,
      prefillAttentionPairs: 20_100)
    let steps: [WritableKeyPath<IterationShape, Int>] = [
      \.decodeRows, \.decodeContextTokens, \.prefillTokens, \.prefillChunks,
      \.prefillAttentionPairs,
    ]
    for replica in try Shipped.replicas() {
      let name = "\(replica.model.name) on \(replica.gpu.name)"
      for (number, step) in steps.enumerated() {
        var shape = base
        let first = replica.cost(of: shape)
        var last = first
        for _ in 0..<12 {
          shape[keyPath: step] *= 2
          let next = replica.cost(of: shape)
          #expect(next.duration >= last.duration, "\(name), step \(number)")
          #expect(next.energy >= last.energy, "\(name), step \(number)")
          last = next
        }
        guard step == \.decodeRows || step == \.prefillTokens else { continue }
        #expect(last.duration > first.duration && last.energy > first.energy, "\(name)")
      }
    }
  }

  @Test func `power stays between idle and the cap, and utilisation below 1`() throws {
    for replica in try Shipped.replicas() {
      for rows in [1, 16, 256] {
        let estimate = replica.estimate(
          IterationShape(
            decodeRows: rows, decodeContextTokens: rows * 1000, prefillTokens: 1024,
            prefillChunks: 1, prefillAttentionPairs: 524_800))
        let perGPU = estimate.watts / Double(estimate.gpuCount)
        #expect(perGPU < replica.gpu.thermalDesignPower)
        #expect(perGPU > replica.idlePower.watts / Double(estimate.gpuCount))
        for phase in [estimate.linear, estimate.decodeAttention, estimate.prefillAttention] {
          #expect(phase.bandwidthUtilization < 1 && phase.computeUtilization < 1)
        }
      }
    }
  }

  @Test func `a token costs less in a larger batch`() throws {
    for replica in try Shipped.replicas() {
      let perToken = [1, 4, 16, 64].map { rows in
        replica.estimate(IterationShape(decodeRows: rows, decodeContextTokens: rows * 500)).joules
          / Double(rows)
      }
      #expect(perToken == perToken.sorted(by: >), "\(replica.model.name) \(replica.gpu.name)")
    }
  }

  @Test func `heads that the GPUs cannot share are refused`() throws {
    let catalog = try Shipped.catalog()
    #expect(
      throws: LayoutError.headsDoNotDivide(
        model: "qwen2.5-7b", heads: 28, keyValueHeads: 4, degree: 8)
    ) { try catalog.replicaModel(gpu: "h100-sxm", model: "qwen2.5-7b", tensorParallel: 8) }
  }
}
