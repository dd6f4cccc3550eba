import DeviceModels
import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

@testable import FleetEngine

/// What must balance in every run, and a check that the audit notices when it does not.
struct ConservationTests {
  @Test func `a fleet with nothing to do draws its idle power over its time`() throws {
    let device = ConstantIterationModel(
      duration: SimDuration(ticks: 10), idlePower: Power(rounding: 123.4))
    var fleet = FleetConfiguration.single(device, replicas: 7)
    fleet.seriesInterval = SimDuration(ticks: 1_000)
    let run = try serve(
      queries(at: [123_456_789], promptTokens: [5]), on: fleet,
      answers: FixedAnswers(outputTokens: [1]), policy: ScriptedPolicy([.reject]))
    let energy = Energy(quanta: 7 * Power(rounding: 123.4).quanta * 123_456_789)
    #expect(run.result.energy.idle == energy)
    #expect(run.result.energy.integral == energy)
    #expect(run.result.energy.gpu == energy)
    #expect(run.result.busyTime == .zero)
  }

  @Test func `energy and requests balance to the last quantum on random scenarios`() throws {
    try forEverySeed(60) { seed, _ in
      var scenario = RandomScenario(seed: 10_000 + seed)
      scenario.fleet.window = .wholeRun
      let run = try scenario.run()
      let energy = run.result.energy
      let borne = run.records.reduce(Energy.zero) { $0 + $1.energy }
      #expect(borne == energy.attributed, "\(scenario)")
      #expect(energy.attributed == energy.prefill + energy.decode, "\(scenario)")
      #expect(energy.gpu == energy.integral, "\(scenario)")
      #expect(energy.gpuByPool.reduce(Energy.zero, +) == energy.gpu, "\(scenario)")
      let series = run.observer.intervals.reduce(Energy.zero) { $0 + $1.energy }
      #expect(series == energy.integral, "\(scenario)")
      // A closed loop asks for no follow-ups.
      var expected = scenario.allQueries
      if case .closedLoop = scenario.fleet.arrivals { expected = scenario.queries }
      #expect(Set(run.records.map(\.id)) == Set(expected.map(\.id)), "\(scenario)")
    }
  }

  /// Little's law holds path by path: the rows in decode, integrated over time, are the times
  /// that samples spend there. One row a request and no preemption, so that records show both.
  @Test func `rows in decode over time add up to the times that requests decode`() throws {
    var random = SplitMix64(seed: 3)
    let step: Int128 = 1_000
    let arrivals = (0..<500).map { _ in Int128.random(in: 0..<4_000_000, using: &random) }.sorted()
    let outputs = arrivals.map { _ in Int.random(in: 1...60, using: &random) }
    let run = try serve(
      queries(at: arrivals, promptTokens: arrivals.map { _ in 10 }),
      on: .single(ConstantIterationModel(duration: SimDuration(ticks: step)), replicas: 3),
      answers: FixedAnswers(outputTokens: outputs), policy: JoinShortest())
    let decoding = run.records.reduce(Int128(0)) { $0 + ($1.end - $1.firstToken).ticks }
    #expect(Int128(run.result.decodeRowSum) * step == decoding)
    #expect(run.result.tokens.output == outputs.reduce(0, +))
    #expect(run.result.busyTime.ticks == Int128(run.result.iterations) * step)
  }

  @Test func `the same run twice gives the same result`() throws {
    for seed in 20_000..<UInt64(20_010) {
      let (first, second) = (
        try RandomScenario(seed: seed).run(), try RandomScenario(seed: seed).run()
      )
      #expect(String(describing: first.records) == String(describing: second.records))
      #expect(
        String(describing: first.observer.intervals)
          == String(describing: second.observer.intervals))
      #expect(first.result.energy == second.result.energy)
      #expect(first.result.requests == second.result.requests)
    }
  }

  @Test func `a batch of one row on an idle fleet loses nothing to rounding`() throws {
    // Energies that no number of rows divides: every iteration leaves a remainder.
    let device = AffineIterationModel(
      ticks: ShapeWeights(constant: 10), quanta: ShapeWeights(constant: 1_000_003),
      decodeAttentionQuanta: 1)
    let run = try serve(
      queries(at: [0, 0, 0], promptTokens: [3, 5, 7]), on: .single(device),
      answers: FixedAnswers(outputTokens: [11, 23, 17]))
    #expect(
      run.records.reduce(Int128(0)) { $0 + $1.energy.quanta }
        == 23 * 1_000_003 + decodeContext([(3, 11), (5, 23), (7, 17)]))
  }

  private func decodeContext(_ requests: [(prompt: Int, output: Int)]) -> Int128 {
    requests.reduce(0) { sum, request in
      (1..<request.output).reduce(sum) { $0 + Int128(request.prompt + $1) }
    }
  }

  // MARK: The audit

  private static let balanced = RunAccounts(
    arrived: 10, completed: 6, rejected: 3, givenUp: 1, inFlight: 0, attributed: Energy(quanta: 50),
    active: Energy(quanta: 50), idle: Energy(quanta: 9), integral: Energy(quanta: 59),
    busyTime: SimDuration(ticks: 4), idleTime: SimDuration(ticks: 6),
    replicaTime: SimDuration(ticks: 10), kvBlocksHeld: 0, kvBlocksUnheld: 7, kvBlocksCached: 7,
    pendingTokens: 0)

  private func lawBroken(by fault: (inout RunAccounts) -> Void) -> String? {
    var accounts = Self.balanced
    fault(&accounts)
    do {
      try accounts.audit()
      return nil
    } catch { return (error as? ConservationError)?.law }
  }

  @Test func `the audit passes books that balance`() throws {
    try Self.balanced.audit()
  }

  @Test func `the audit notices each fault by the smallest amount`() {
    let quantum = Energy(quanta: 1)
    #expect(lawBroken { $0.arrived += 1 } == "request conservation")
    #expect(lawBroken { $0.completed -= 1 } == "request conservation")
    #expect(lawBroken { $0.rejected += 1 } == "request conservation")
    #expect(
      lawBroken {
        $0.completed -= 1
        $0.inFlight += 1
      } == "request conservation")
    #expect(lawBroken { $0.attributed += quantum } == "energy attribution")
    #expect(lawBroken { $0.active -= quantum } == "energy attribution")
    #expect(
      lawBroken {
        $0.attributed += quantum
        $0.active += quantum
      } == "energy balance")
    #expect(lawBroken { $0.idle -= quantum } == "energy balance")
    #expect(lawBroken { $0.integral += quantum } == "energy balance")
    #expect(lawBroken { $0.busyTime += SimDuration(ticks: 1) } == "time balance")
    #expect(lawBroken { $0.idleTime -= SimDuration(ticks: 1) } == "time balance")
    #expect(lawBroken { $0.replicaTime += SimDuration(ticks: 1) } == "time balance")
    #expect(lawBroken { $0.kvBlocksHeld = 1 } == "block conservation")
    #expect(lawBroken { $0.pendingTokens = -1 } == "block conservation")
    #expect(lawBroken { $0.kvBlocksUnheld += 1 } == "prefix cache conservation")
    #expect(lawBroken { $0.kvBlocksCached += 1 } == "prefix cache conservation")
  }
}
