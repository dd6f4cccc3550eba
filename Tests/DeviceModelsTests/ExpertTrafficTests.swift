import DeviceModels
import Scenarios
import Testing

/// Rows that choose their experts alike, and what layers of four-bit experts take beside kernels.
@Suite struct ExpertTrafficTests {
  static func replica(
    _ model: String, _ traffic: ExpertTraffic, share: Double = 0.5
  ) throws -> RooflineReplicaModel {
    let catalog = try Shipped.catalog()
    var parameters = try catalog.parameters(gpu: "h100-sxm")
    parameters.engine.narrowRowShare = share
    return try RooflineReplicaModel(
      gpu: catalog.gpu(named: "h100-sxm"), model: catalog.model(named: model),
      layout: ReplicaLayout(expertTraffic: traffic), parameters: parameters)
  }

  static func linear(_ replica: RooflineReplicaModel, rows: Int) -> PhaseEstimate {
    replica.estimate(IterationShape(decodeRows: rows, decodeContextTokens: rows * 500)).linear
  }

  /// E·(1 - (1 - k/E)ⁿ) with half of n rows, by hand for 128 experts of which a token takes 8.
  @Test func `narrow rows reach the experts that a share of mixed rows do`() throws {
    let catalog = try Shipped.catalog()
    let times = KernelTimes(
      gpu: try catalog.gpu(named: "h100-sxm"),
      kernels: try catalog.parameters(gpu: "h100-sxm").kernels)
    func experts(_ share: Double) -> KernelTimes.Experts {
      times.experts(
        count: 128, held: 128, perToken: 8, hidden: 2048, width: 768, weightBytes: 2,
        rowShare: share)
    }
    #expect(experts(0.5).distinctExperts(tokens: 2) == 8)
    // Two rows' worth: 8 + 8·(1 - 8/128).
    #expect(abs(experts(0.5).distinctExperts(tokens: 4) - 15.5) < 1e-12)
    #expect(experts(1).distinctExperts(tokens: 2) == experts(0.5).distinctExperts(tokens: 4))
    // One row has its experts, whatever the share.
    #expect(experts(0.1).distinctExperts(tokens: 1) == 8)
  }

  @Test func `narrow traffic is served faster where experts are few, and never slower`() throws {
    let mixed = try Self.replica("qwen3-30b-a3b", .mixed)
    let narrow = try Self.replica("qwen3-30b-a3b", .narrow)
    for rows in [1, 2, 8, 32, 128, 1024] {
      let (slow, fast) = (Self.linear(mixed, rows: rows), Self.linear(narrow, rows: rows))
      #expect(fast.seconds <= slow.seconds)
      #expect(fast.joules <= slow.joules)
    }
    #expect(Self.linear(narrow, rows: 16).seconds < 0.8 * Self.linear(mixed, rows: 16).seconds)
    // As many rows reach them all.
    let (slow, fast) = (Self.linear(mixed, rows: 1024), Self.linear(narrow, rows: 1024))
    #expect(abs(fast.seconds / slow.seconds - 1) < 1e-3)
  }

  @Test func `a share of one is mixed traffic, and dense models know no traffic`() throws {
    let mixed = try Self.replica("qwen3-30b-a3b", .mixed)
    let alike = try Self.replica("qwen3-30b-a3b", .narrow, share: 1)
    let dense = try Self.replica("qwen3-14b", .mixed)
    let denseNarrow = try Self.replica("qwen3-14b", .narrow)
    for rows in [1, 16, 300] {
      #expect(Self.linear(alike, rows: rows) == Self.linear(mixed, rows: rows))
      #expect(Self.linear(denseNarrow, rows: rows) == Self.linear(dense, rows: rows))
    }
  }

  @Test func `another share tabulates anew`() throws {
    let half = try Self.replica("qwen3-30b-a3b", .narrow)
    var parameters = half.parameters
    parameters.engine.narrowRowShare = 0.25
    let quarter = try half.with(parameters)
    let expected = try Self.replica("qwen3-30b-a3b", .narrow, share: 0.25)
    #expect(Self.linear(quarter, rows: 16) == Self.linear(expected, rows: 16))
    #expect(Self.linear(quarter, rows: 16).seconds < Self.linear(half, rows: 16).seconds)
  }

  @Test func `each layer of four-bit experts takes its time between kernels`() throws {
    let catalog = try Shipped.catalog()
    var parameters = try catalog.parameters(gpu: "h100-sxm")
    let shape = IterationShape(decodeRows: 16, decodeContextTokens: 8000)
    func gap(_ model: String, _ seconds: Double) throws -> Double {
      parameters.engine.timePerFourBitExpertLayer = seconds
      return try RooflineReplicaModel(
        gpu: catalog.gpu(named: "h100-sxm"), model: catalog.model(named: model),
        layout: ReplicaLayout(), parameters: parameters
      ).estimate(shape).gap.seconds
    }
    // gpt-oss-20b has 24 layers, all of experts.
    #expect(try abs(gap("gpt-oss-20b", 1e-4) - gap("gpt-oss-20b", 0) - 24e-4) < 1e-12)
    #expect(try gap("qwen3-30b-a3b", 1e-4) == gap("qwen3-30b-a3b", 0))
  }

  /// Sampling of 16 rows where it draws 600 W with a sort and `unsortedWatts` without.
  static func sampling(
    _ sampler: Sampler, unsortedWatts: Double, at point: OperatingPoint = .asShipped
  ) throws -> PhaseEstimate {
    let catalog = try Shipped.catalog()
    var parameters = try catalog.parameters(gpu: "h100-sxm")
    parameters.power.samplingPower = 600
    parameters.power.samplingPowerWithoutSort = unsortedWatts
    return try RooflineReplicaModel(
      gpu: catalog.gpu(named: "h100-sxm"), model: catalog.model(named: "qwen3-14b"),
      layout: ReplicaLayout(sampler: sampler), parameters: parameters, operatingPoint: point
    ).estimate(IterationShape(decodeRows: 16, decodeContextTokens: 8000)).sampling
  }

  @Test func `sampling without a sort draws its own power`() throws {
    #expect(try Self.sampling(.sorted, unsortedWatts: 500).watts == 600)
    #expect(try Self.sampling(.unsorted, unsortedWatts: 500).watts == 500)
  }

  @Test func `under a cap sampling without a sort still draws less`() throws {
    let point = OperatingPoint(capWatts: 400)
    let sorted = try Self.sampling(.sorted, unsortedWatts: 300, at: point)
    let unsorted = try Self.sampling(.unsorted, unsortedWatts: 300, at: point)
    #expect(sorted.watts < 410 && unsorted.watts < 310)
    // The cap slows what asks for more.
    let engine = try Shipped.catalog().parameters(gpu: "h100-sxm").engine
    let perLogit = engine.timePerLogit / engine.timePerLogitWithoutSort
    #expect(sorted.seconds / unsorted.seconds > perLogit)
  }

  /// 2,880 columns in eight are 360, no multiple of 16: kernels of bf16 pay for that, those of
  /// four-bit weights have their own layout.
  @Test func `slices of four-bit experts pay nothing for beginning anywhere`() throws {
    let catalog = try Shipped.catalog()
    let times = KernelTimes(
      gpu: try catalog.gpu(named: "h100-sxm"),
      kernels: try catalog.parameters(gpu: "h100-sxm").kernels)
    func isUnaligned(_ weightBytes: Double) -> Bool {
      times.experts(
        count: 32, held: 32, perToken: 4, hidden: 2880, width: 360, weightBytes: weightBytes
      ).isUnaligned
    }
    #expect(isUnaligned(2))
    #expect(!isUnaligned(17.0 / 32) && !isUnaligned(1))
  }
}
