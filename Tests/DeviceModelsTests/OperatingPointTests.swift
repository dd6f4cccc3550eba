import DeviceModels
import Scenarios
import Testing

@Suite struct OperatingPointTests {
  static let decode = IterationShape(decodeRows: 64, decodeContextTokens: 64_000)
  static let prefill = IterationShape(
    prefillTokens: 4096, prefillChunks: 4, prefillAttentionPairs: 4 * 1024 * 1025 / 2)

  private static let catalog = Result { try Shipped.catalog() }

  static func replica(
    _ gpu: String, _ model: String = "llama-3.1-8b", clock: Double? = nil, cap: Double? = nil
  ) throws -> RooflineReplicaModel {
    try catalog.get().replicaModel(
      gpu: gpu, model: model, at: OperatingPoint(clockMegahertz: clock, capWatts: cap))
  }

  @Test func `the highest clock and the board limit change nothing`() throws {
    for gpu in try Self.catalog.get().fittedGPUs {
      let shipped = try Self.replica(gpu.name, "qwen2.5-1.5b")
      let set = try Self.replica(
        gpu.name, "qwen2.5-1.5b", clock: gpu.maximumClock, cap: gpu.thermalDesignPower)
      #expect(set.estimate(Self.decode) == shipped.estimate(Self.decode))
      #expect(set.cost(of: Self.prefill) == shipped.cost(of: Self.prefill))
    }
  }

  @Test func `just below what is shipped, time and power are just beside`() throws {
    for gpu in try Self.catalog.get().fittedGPUs {
      let shipped = try Self.replica(gpu.name, "qwen2.5-1.5b")
      for (clock, cap) in [
        (gpu.maximumClock * (1 - 1e-9), nil), (nil, gpu.thermalDesignPower * (1 - 1e-9)),
      ] as [(Double?, Double?)] {
        let set = try Self.replica(gpu.name, "qwen2.5-1.5b", clock: clock, cap: cap)
        for shape in [Self.decode, Self.prefill] {
          let (before, after) = (shipped.estimate(shape), set.estimate(shape))
          #expect(abs(after.seconds / before.seconds - 1) < 1e-6, "\(gpu.name)")
          #expect(abs(after.joules / before.joules - 1) < 1e-6, "\(gpu.name)")
        }
      }
    }
  }

  /// 0.62 is MLPerf's GPT-J on H200: half the power leaves 65 % of the throughput.
  @Test func `prefill under half the power keeps two thirds of its speed`() throws {
    let shipped = try Self.replica("h200-sxm").estimate(Self.prefill)
    let capped = try Self.replica("h200-sxm", cap: 350).estimate(Self.prefill)
    let kept = shipped.linear.seconds / capped.linear.seconds
    #expect(kept > 0.6 && kept < 0.72, "\(kept)")
    #expect(capped.linear.watts <= 350)
    #expect(capped.linear.watts > 300)
  }

  @Test func `decode hardly notices a cap or a clock that prefill does`() throws {
    let small = IterationShape(decodeRows: 8, decodeContextTokens: 8000)
    for (clock, cap) in [(1200, nil), (nil, 450)] as [(Double?, Double?)] {
      let set = try Self.replica("h100-sxm", clock: clock, cap: cap)
      let shipped = try Self.replica("h100-sxm")
      #expect(set.estimate(small).seconds / shipped.estimate(small).seconds < 1.05)
      #expect(set.estimate(Self.prefill).seconds / shipped.estimate(Self.prefill).seconds > 1.1)
    }
  }

  /// dvfs-edp: LLaMA at 0.57 of the highest clock on A100 and 0.47 on H100 takes the same time and
  /// 37 % and 19 % less energy. Those runs kept their GPUs less busy than a serving engine does.
  @Test(arguments: [("a100-sxm-80gb", 0.5745, 0.63), ("h100-sxm", 0.4706, 0.81)])
  func `one request at half the clock saves energy and hardly time`(
    gpu: String, clock: Double, published: Double
  ) throws {
    let one = IterationShape(decodeRows: 1, decodeContextTokens: 500)
    let highest = try Self.catalog.get().gpu(named: gpu).maximumClock
    let shipped = try Self.replica(gpu).estimate(one)
    let slow = try Self.replica(gpu, clock: clock * highest).estimate(one)
    #expect(slow.seconds / shipped.seconds < 1.02)
    let share = slow.joules / shipped.joules
    #expect(abs(share - published) < 0.15, "\(share)")
  }

  /// arXiv 2605.11999: on H200 at most 32 % of decode energy is recovered by locking the clock.
  @Test func `the best clock saves a third of decode energy on H200`() throws {
    let one = IterationShape(decodeRows: 8, decodeContextTokens: 8000)
    let shipped = try Self.replica("h200-sxm").estimate(one)
    let least = try stride(from: 400, through: 1980, by: 20).map {
      try Self.replica("h200-sxm", clock: $0).estimate(one).joules
    }.min()
    let saved = 1 - (try #require(least)) / shipped.joules
    #expect(saved > 0.25 && saved < 0.37, "\(saved)")
  }

  private static func energies(
    _ gpu: String, _ shape: IterationShape, clocks: StrideThrough<Double>
  ) throws -> [(clock: Double, joules: Double)] {
    try clocks.map { (clock: $0, joules: try replica(gpu, clock: $0).estimate(shape).joules) }
  }

  @Test(arguments: ["a100-sxm-80gb", "h100-sxm", "b200-sxm", "l40s"])
  func `energy against clock is U-shaped, for prefill and for decode`(gpu: String) throws {
    let sheet = try Self.catalog.get().gpu(named: gpu)
    let clocks = stride(from: 0.2 * sheet.maximumClock, through: sheet.maximumClock, by: 15)
    for shape in [Self.prefill, Self.decode] {
      let curve = try Self.energies(gpu, shape, clocks: clocks)
      let least = try #require(curve.min { $0.joules < $1.joules })
      #expect(least.clock > curve[0].clock && least.clock < sheet.maximumClock)
      let falling = curve.prefix { $0.clock <= least.clock }.map(\.joules)
      let rising = curve.drop { $0.clock < least.clock }.map(\.joules)
      #expect(falling == falling.sorted(by: >))
      #expect(rising == rising.sorted())
      #expect(try #require(curve.first).joules > 1.05 * least.joules)
      #expect(try #require(curve.last).joules > 1.02 * least.joules)
    }
  }

  /// Zeus on V100: the least energy lies near half the limit, and the lowest limit costs more.
  @Test(arguments: ["a100-sxm-80gb", "h100-sxm", "h200-sxm", "b200-sxm"])
  func `energy against cap is U-shaped where work is arithmetic`(gpu: String) throws {
    let sheet = try Self.catalog.get().gpu(named: gpu)
    let caps = Array(
      stride(from: sheet.leastPowerCap, through: sheet.thermalDesignPower, by: 5))
    let joules = try caps.map { try Self.replica(gpu, cap: $0).estimate(Self.prefill).joules }
    let least = try #require(joules.indices.min { joules[$0] < joules[$1] })
    let share = caps[least] / sheet.thermalDesignPower
    #expect(share > 0.3 && share < 0.8, "\(share)")
    #expect(joules[0] > joules[least] && joules[joules.count - 1] > joules[least])
    let seconds = try caps.map { try Self.replica(gpu, cap: $0).estimate(Self.prefill).seconds }
    #expect(seconds == seconds.sorted(by: >))
  }

  @Test func `no phase draws more than the cap, down to the lowest clock`() throws {
    for gpu in try Self.catalog.get().fittedGPUs {
      for share in [0.5, 0.7, 0.9] {
        let cap = share * gpu.thermalDesignPower
        let replica = try Self.replica(gpu.name, "qwen2.5-1.5b", cap: cap)
        for shape in [Self.decode, Self.prefill] {
          let estimate = replica.estimate(shape)
          for phase in [
            estimate.linear, estimate.decodeAttention, estimate.prefillAttention,
            estimate.sampling, estimate.gap,
          ] { #expect(phase.watts <= cap * (1 + 1e-9), "\(gpu.name) at \(cap) W") }
        }
      }
    }
  }

  @Test func `more work takes longer and more energy at every clock and cap`() throws {
    let base = IterationShape(
      decodeRows: 8, decodeContextTokens: 4000, prefillTokens: 200, prefillChunks: 1,
      prefillAttentionPairs: 20_100)
    let steps: [WritableKeyPath<IterationShape, Int>] = [
      \.decodeRows, \.decodeContextTokens, \.prefillTokens, \.prefillChunks,
      \.prefillAttentionPairs,
    ]
    for gpu in try Self.catalog.get().fittedGPUs {
      for (clock, cap) in [(0.3, 1), (0.6, 1), (0.9, 1), (1, 0.45), (1, 0.8), (0.7, 0.6)] {
        let replica = try Self.replica(
          gpu.name, clock: clock * gpu.maximumClock, cap: cap * gpu.thermalDesignPower)
        for step in steps {
          var shape = base
          var last = replica.cost(of: shape)
          while shape[keyPath: step] < 200_000 {
            shape[keyPath: step] += max(1, shape[keyPath: step] / 7)
            let next = replica.cost(of: shape)
            #expect(next.duration >= last.duration, "\(gpu.name) \(clock) \(cap) \(shape)")
            #expect(next.energy >= last.energy, "\(gpu.name) \(clock) \(cap) \(shape)")
            last = next
          }
        }
      }
    }
  }
}
