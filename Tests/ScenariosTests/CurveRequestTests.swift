import DeviceModels
import FleetEngine
import Quantities
import Scenarios
import TestSupport
import Testing
import Workloads

private let base = ["gpu=h100-sxm", "model=qwen3-8b"]

private func curves(
  _ items: [String], against axis: CurveAxis = .batch
) throws -> CurveRequest {
  try CurveRequest.parse(items, against: axis, catalog: catalog)
}

private func failure(_ items: [String], against axis: CurveAxis = .batch) -> String {
  do {
    _ = try curves(items, against: axis)
    return "none"
  } catch {
    return "\(error)"
  }
}

struct CurveRequestTests {
  @Test func `without more than GPU and model batches double up to what the engine runs`() throws {
    let request = try curves(base)
    let points = try #require(request.curves.first)
    #expect(request.curves.count == 1)
    #expect(points.map(\.batch) == [1, 2, 4, 8, 16, 32, 64, 128, 256])
    #expect(points.allSatisfy { $0.inputTokens == 250 && $0.outputTokens == 500 })
    #expect(points.allSatisfy { $0.contextTokens == 500 })
    #expect(request.defaulted == ["tensor-parallel", "input", "output"])
  }

  @Test func `batches end where the KV cache is full`() throws {
    let points = try #require(curves(["gpu=h100-sxm", "model=qwen3-32b"]).curves.first)
    let last = try #require(points.last)
    #expect(last.replica.holds(last.batch, contextTokens: last.contextTokens))
    #expect(!last.replica.holds(2 * last.batch, contextTokens: last.contextTokens))
  }

  @Test func `values with commas are the points of the axis and curves elsewhere`() throws {
    let request = try curves(
      [
        "model=qwen3-8b,qwen2.5-7b", "gpu=h100-sxm", "tensor-parallel=1,2", "prompt=64,32",
        "concurrency=8", "clock-mhz=1200",
      ], against: .input)
    #expect(request.curves.count == 4)
    #expect(request.curves.allSatisfy { $0.map(\.inputTokens) == [32, 64] })
    #expect(request.curves.map { $0[0].replica.tensorParallel } == [1, 2, 1, 2])
    #expect(
      request.curves.map { $0[0].replica.model } == [
        "qwen3-8b", "qwen3-8b", "qwen2.5-7b", "qwen2.5-7b",
      ])
    for point in request.curves.joined() {
      #expect(point.batch == 8)
      #expect(point.replica.operatingPoint.clockMegahertz == 1200)
      #expect(point.contextTokens == point.inputTokens + 250)
    }
  }

  @Test func `clocks and caps run over what the driver accepts`() throws {
    let gpu = try catalog.devices.gpu(named: "h100-sxm")
    let clocks = try curves(base, against: .clock).curves[0].map(\.replica.operatingPoint)
    #expect(clocks.first?.clockMegahertz == gpu.minimumClock)
    #expect(clocks.last?.clockMegahertz == gpu.maximumClock)
    let caps = try curves(base, against: .cap).curves[0].compactMap {
      $0.replica.operatingPoint.capWatts
    }
    #expect(caps.first == gpu.leastPowerCap && caps.last == gpu.thermalDesignPower)
    #expect(caps == caps.sorted() && Set(caps).count == caps.count)
  }

  @Test func `GPUs and models go by their other names`() throws {
    let named = try curves(["gpu=NVIDIA H100 80GB HBM3", "model=Qwen/Qwen3-8B"]).curves[0][0]
    #expect(named.replica.gpu == "h100-sxm" && named.replica.model == "qwen3-8b")
  }

  @Test(arguments: [
    ([], "missing key \"gpu\"; expected gpu=…"),
    (["gpu=h100-sxm"], "missing key \"model\"; expected model=…"),
    (base + ["modl=x"], "unknown key \"modl\"; expected one of gpu, model, "),
    (base + ["batch"], "batch has no value; expected batch=VALUE, or several"),
    (base + ["batch=0"], "batch is \"0\"; expected a whole number ≥ 1 and ≤ 65536"),
    (base + ["batch=1,x"], "batch is \"x\"; expected a whole number"),
    (base + ["batch=1", "concurrency=2"], "batch is there more than once"),
    (base + ["clock-mhz=3000"], "clock_mhz is 3000; expected a number ≥ 345 and ≤ 1980"),
    (base + ["cap-w=-1"], "cap-w is \"-1\"; expected a number > 0"),
    (base + ["input=50000"], "input + output is 50500; expected at most 40960 tokens"),
    (base + ["context=50000"], "context is \"50000\"; expected at most 40960 tokens"),
    (base + ["token-budget=1,2"], "token-budget has several values; expected one"),
    (base + ["token-budget=9"], "token-budget is \"9\"; expected at least 256, the largest batch"),
    (["gpu=h10-sxm", "model=qwen3-8b"], "gpu is \"h10-sxm\"; expected one of "),
    (["gpu=l40s", "model=llama-3.1-70b"], "llama-3.1-70b does not fit l40s"),
  ])
  func `a broken line gets one clear error`(items: [String], beginning: String) {
    let message = failure(items)
    #expect(message.hasPrefix(beginning), "\(message)")
  }

  @Test func `the nearest name is suggested`() {
    #expect(failure(base + ["modl=x"]).hasSuffix("did you mean \"model\"?"))
    #expect(
      failure(["gpu=h100-sxm", "model=qwen3-9b"]).contains("did you mean \"qwen3-"))
  }
}

/// What curves say of whole requests against the engine that serves them.
struct CurveAgainstSimulationTests {
  @Test(arguments: [
    (concurrency: 1, prompt: 512, output: 40), (16, 2048, 64), (48, 300, 100), (100, 100, 150),
  ])
  func `a closed loop costs and takes what its curve says`(
    concurrency: Int, prompt: Int, output: Int
  ) throws {
    let device = try catalog.devices.replicaModel(gpu: "h100-sxm", model: "qwen3-8b")
    let count = 12 * concurrency
    let limits = EngineLimits.roomy(rows: 128, tokenBudget: 8192, maxModelTokens: 8192)
    let run = try serve(
      queries(
        at: Array(repeating: 0, count: count),
        promptTokens: Array(repeating: prompt, count: count)),
      on: .single(
        device, limits: limits, window: .steadyState,
        arrivals: .closedLoop(concurrencyPerReplica: concurrency)),
      answers: FixedAnswers(outputTokens: Array(repeating: output, count: count)))
    let curve = device.requestCost(
      concurrency: concurrency, promptTokens: prompt, outputTokens: output,
      tokenBudget: limits.iterationTokenBudget)
    let joules = run.result.energy.gpu.joules / Double(run.result.tokens.output)
    let measured = run.records.filter(\.isMeasured).map(\.endToEndLatency.seconds)
    let seconds = measured.reduce(0, +) / Double(measured.count) / Double(output)
    #expect(abs(curve.joulesPerToken / joules - 1) < 0.02, "\(curve) \(joules)")
    #expect(abs(curve.secondsPerToken / seconds - 1) < 0.02, "\(curve) \(seconds)")
  }
}
