import DeviceModels
import FleetEngine
import NumericalMethods
import Quantities
import Scenarios
import TestSupport
import Testing
import Workloads

/// The engine on a device of the catalog: its times and waits are those of the device's formula.
struct RealDeviceTests {
  private let device: RooflineReplicaModel
  private let promptTokens = 300

  init() throws {
    device = try catalog.devices.replicaModel(gpu: "h100-sxm", model: "qwen2.5-7b")
  }

  /// Time and energy of one request of `output` tokens alone: its prompt in one chunk, then one
  /// iteration for every further token, each attending to one token more.
  private func alone(_ output: Int) -> (time: SimDuration, energy: Energy) {
    let prefill = device.cost(
      of: IterationShape(
        prefillTokens: promptTokens, prefillChunks: 1,
        prefillAttentionPairs: promptTokens * (promptTokens + 1) / 2))
    var time = prefill.duration
    var energy = prefill.energy
    for token in 1..<max(1, output) {
      let cost = device.cost(
        of: IterationShape(decodeRows: 1, decodeContextTokens: promptTokens + token))
      time += cost.duration
      energy += cost.energy
    }
    return (time, energy)
  }

  @Test(arguments: [1, 2, 250])
  func `one request takes and draws what the formula says, to the last tick`(output: Int) throws {
    let run = try serve(
      queries(at: [1_000], promptTokens: [promptTokens]),
      on: .single(device, limits: .roomy()), answers: FixedAnswers(outputTokens: [output]))
    let expected = alone(output)
    #expect(run[0].endToEndLatency == expected.time)
    #expect(run[0].energy == expected.energy)
    #expect(run[0].timeToFirstToken == alone(1).time)
    #expect(run.result.energy.idle == device.idlePower * SimDuration(ticks: 1_000))
  }

  @Test(arguments: [(load: 0.5, seed: UInt64(1)), (load: 0.8, seed: UInt64(2))])
  func `with one row waits follow Pollaczek and Khinchine`(
    load: Double, seed: UInt64
  ) throws {
    let count = 60_000
    let (short, long, longShare) = (1, 4, 0.3)
    let times = [short, long].map { Double(alone($0).time.ticks) }
    let mean = (1 - longShare) * times[0] + longShare * times[1]
    let square = (1 - longShare) * times[0] * times[0] + longShare * times[1] * times[1]
    let rate = load / mean
    let gaps = RandomStream(seed: seed, purpose: "gaps")
    let lengths = RandomStream(seed: seed, purpose: "lengths")
    let gap = ExponentialDistribution(mean: 1 / rate)
    var now = 0.0
    let stream = (0..<UInt64(count)).map { id in
      now += gap.quantile(gaps.uniform(id: id))
      return Query(
        id: id, arrival: SimTime(ticks: Int128(now.rounded())), task: 0,
        promptTokens: promptTokens)
    }
    let outputs = (0..<UInt64(count)).map { lengths.uniform(id: $0) < longShare ? long : short }
    let run = try serve(
      stream, on: .single(device, limits: .roomy(rows: 1)),
      answers: FixedAnswers(outputTokens: outputs))
    let waits = run.records.map { Double($0.queueingDelay.ticks) }
    let expected = rate * square / (2 * (1 - load))
    #expect(abs(BatchMeans.zScore(waits, expected: expected)) < 4)
  }
}
