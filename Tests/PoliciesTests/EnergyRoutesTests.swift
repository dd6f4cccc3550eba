import DeviceModels
import FleetEngine
import Policies
import Quantities
import TestSupport
import Testing

/// Milliseconds per iteration 1 + 0.1 a row, 0.01 ms per prompt token; joules 0.1 + 0.01 a row.
private func device(joulesPerRow: Double = 0.01, idleWatts: Double = 0) -> AffineIterationModel {
  func ticks(_ milliseconds: Double) -> Int128 { SimDuration(rounding: milliseconds / 1e3).ticks }
  func quanta(_ joules: Double) -> Int128 { Energy(rounding: joules).quanta }
  return AffineIterationModel(
    ticks: ShapeWeights(
      constant: ticks(1), perDecodeRow: ticks(0.1), perPrefillToken: ticks(0.01)),
    quanta: ShapeWeights(
      constant: quanta(0.1), perDecodeRow: quanta(joulesPerRow), perPrefillToken: quanta(0.001)),
    idlePower: Power(rounding: idleWatts))
}

private func objective(
  ttft: Double? = nil, tpot: Double? = nil, e2e: Double? = nil
) -> ServiceLevelObjective {
  func time(_ milliseconds: Double?) -> SimDuration? {
    milliseconds.map { SimDuration(rounding: $0 / 1e3) }
  }
  return ServiceLevelObjective(
    timeToFirstToken: time(ttft), timePerOutputToken: time(tpot), endToEndLatency: time(e2e))
}

private let short = TypicalRequest(outputTokens: 20)

/// Routes that read the operating curves of the replicas.
@Suite struct EnergyRoutesTests {
  private func chosen(
    _ choice: some ReplicaChoice, _ fleet: FleetView, promptTokens: Int = 10
  ) -> Int {
    var choice = choice
    let all = ReplicaSet(ranges: fleet.replicasByArm.flatMap(\.ranges))
    return choice.choose(for: request(promptTokens: promptTokens), among: all, in: fleet)
  }

  @Test func `packing fills the busiest replica that another row does not slow too much`() {
    // A row joins at load 4 for 1.5 ms a token, at load 9 for 2 ms.
    let view = pooledFleet([([3, 4, 9, 0, 4], device())])
    let choice = { SLOPacking(objective: objective(tpot: $0), typical: short) }
    #expect(chosen(choice(1.55), view) == 1)
    #expect(chosen(choice(1.49), view) == 0)
    #expect(chosen(choice(2.05), view) == 2)
    #expect(chosen(choice(1.25), view) == 3)
    // Nobody meets it: the least loaded.
    #expect(chosen(choice(0.9), view) == 3)
  }

  @Test func `packing heeds the time to the first token and to the last`() {
    let view = pooledFleet([([3, 4, 9], device())])
    // A prompt of 100 takes an iteration of 1 ms and 1 ms; then one of 1.4 ms at load 3, 1.5 at 4.
    func pick(_ objective: ServiceLevelObjective) -> Int {
      chosen(SLOPacking(objective: objective, typical: short), view, promptTokens: 100)
    }
    #expect(pick(objective(ttft: 3.55)) == 1)
    #expect(pick(objective(ttft: 3.45)) == 0)
    // Nineteen further tokens: 3.5 + 28.5 ms at load 4, 3.4 + 26.6 ms at load 3.
    #expect(pick(objective(e2e: 32.1)) == 1)
    #expect(pick(objective(e2e: 31.9)) == 0)
  }

  @Test func `a full batch is not packed further`() {
    let view = pooledFleet([([8, 7], device())], rowLimit: 8)
    let choice = SLOPacking(objective: objective(tpot: 1_000), typical: short)
    #expect(chosen(choice, view) == 1)
  }

  @Test func `greed takes the pool whose further row is cheapest`() {
    // An idle replica has an iteration of its own to pay for, a busy one only the row.
    let view = pooledFleet([([0, 5], device(joulesPerRow: 0.02)), ([0, 3], device())])
    let greedy = EnergyGreedy(objective: objective(), typical: short)
    #expect(chosen(greedy, view) == 3)
    let idle = pooledFleet([([0, 0], device(joulesPerRow: 0.02)), ([0, 3], device())])
    #expect(chosen(greedy, idle) == 3)
  }

  @Test func `greed counts what an idle replica draws anyway`() {
    // 0.12 J for the idle one's row in 1.1 ms, of which 100 W draw 0.11 J anyway.
    let busy = pooledFleet(
      [([0], device(joulesPerRow: 0.02, idleWatts: 100)), ([4], device(joulesPerRow: 0.015))])
    let greedy = EnergyGreedy(objective: objective(), typical: short)
    #expect(chosen(greedy, busy) == 0)
    let without = pooledFleet(
      [([0], device(joulesPerRow: 0.02)), ([4], device(joulesPerRow: 0.015))])
    #expect(chosen(greedy, without) == 1)
  }

  @Test func `greed leaves replicas that would miss the objective`() {
    let view = pooledFleet([([0, 9], device())])
    let greedy = { EnergyGreedy(objective: objective(tpot: $0), typical: short) }
    #expect(chosen(greedy(5), view) == 1)
    #expect(chosen(greedy(1.5), view) == 0)
  }

  @Test func `consolidation fills from the front up to its share of the rows`() {
    let consolidate = { EnergyConsolidate(fill: $0) }
    #expect(chosen(consolidate(1), pooledFleet([([0, 0, 0], device())], rowLimit: 8)) == 0)
    #expect(chosen(consolidate(1), pooledFleet([([2, 7, 8], device())], rowLimit: 8)) == 1)
    #expect(chosen(consolidate(0.5), pooledFleet([([3, 4, 0], device())], rowLimit: 8)) == 0)
    #expect(chosen(consolidate(0.5), pooledFleet([([4, 4, 0], device())], rowLimit: 8)) == 2)
    // Nobody has room: the least loaded.
    #expect(chosen(consolidate(0.5), pooledFleet([([9, 8, 9], device())], rowLimit: 8)) == 1)
  }
}
