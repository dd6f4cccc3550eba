import AnswerModels
import FleetEngine
import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

/// Measurement over a part of the run, and closed loops.
struct WindowTests {
  private static let device = AffineIterationModel(
    ticks: ShapeWeights(
      constant: 1_000, perDecodeRow: 50, perContextToken: 1, perPrefillToken: 20),
    quanta: ShapeWeights(constant: 99_991, perDecodeRow: 777, perPrefillToken: 333),
    decodeAttentionQuanta: 11, prefillAttentionQuanta: 3, idlePower: Power(quanta: 13))

  private func expectBalance(_ result: RunResult, _ comment: String) {
    let energy = result.energy
    #expect(energy.gpu == energy.integral, "\(comment)")
    #expect(energy.attributed == energy.prefill + energy.decode, "\(comment)")
    #expect(energy.gpuByPool.reduce(Energy.zero, +) == energy.gpu, "\(comment)")
  }

  @Test func `the accounts of any window balance to the last quantum`() throws {
    forEverySeed(150) { seed, random in
      var scenario = RandomScenario(seed: 30_000 + seed)
      scenario.fleet.window = .wholeRun
      guard let last = try? scenario.run().result.end.ticks else { return }
      let bounds = (0..<2).map { _ in Int128.random(in: 0...(last + last / 10 + 1), using: &random)
      }
      scenario.fleet.window = .between(
        SimTime(ticks: bounds.min() ?? 0), SimTime(ticks: bounds.max() ?? 0))
      do { expectBalance(try scenario.run().result, "\(bounds) in \(scenario)") } catch {
        Issue.record("\(error) with window \(bounds) in \(scenario)")
      }
    }
  }

  @Test func `two windows that meet measure what the whole run measures`() throws {
    try forEverySeed(50) { seed, _ in
      var scenario = RandomScenario(seed: 40_000 + seed)
      scenario.fleet.window = .wholeRun
      let run = try scenario.run()
      let whole = run.result
      // What happens at the instant at which the two meet is of the first.
      let middle = run.records[run.records.count / 2].end
      // Both windows would hold the first instant.
      guard middle > .zero else { return }
      scenario.fleet.window = .between(.zero, middle)
      let first = try scenario.run().result
      scenario.fleet.window = .between(middle, SimTime(ticks: whole.end.ticks + 1))
      let second = try scenario.run().result
      #expect(first.requests.arrived + second.requests.arrived == whole.requests.arrived)
      #expect(first.energy.gpu + second.energy.gpu == whole.energy.gpu, "\(scenario)")
      #expect(first.energy.idle + second.energy.idle == whole.energy.idle, "\(scenario)")
      #expect(first.busyTime + second.busyTime == whole.busyTime, "\(scenario)")
      #expect(
        first.requests.completed + second.requests.completed == whole.requests.completed,
        "\(scenario)")
      #expect(first.tokens.output + second.tokens.output == whole.tokens.output, "\(scenario)")
      #expect(first.decodeRowSum + second.decodeRowSum == whole.decodeRowSum, "\(scenario)")
    }
  }

  @Test(arguments: [5, 6, 9])
  func `power quantiles take the whole intervals that lie in the window`(outputTokens: Int) throws {
    // Iterations of 10 ticks; the run ends with the window, inside the next interval, or later.
    var fleet = FleetConfiguration.single(
      ConstantIterationModel(duration: SimDuration(ticks: 10), energy: Energy(quanta: 1_000)),
      window: .between(SimTime(ticks: 15), SimTime(ticks: 50)))
    fleet.seriesInterval = SimDuration(ticks: 10)
    let run = try serve(
      queries(at: [0], promptTokens: [1]), on: fleet,
      answers: FixedAnswers(outputTokens: [outputTokens]))
    #expect(run.observer.intervals.count == outputTokens)
    #expect(run.result.powerMilliwatts.count == 3)  // 20-30, 30-40, 40-50
    #expect(run.result.windowEnd.ticks == 50)
  }

  // MARK: Closed loop

  private func closedLoop(
    concurrency: Int, replicas: Int = 1, queries: Int, window: MeasurementWindow,
    outputTokens: @escaping @Sendable (UInt64) -> Int, promptTokens: (Int) -> Int = { _ in 40 },
    limits: EngineLimits = .roomy()
  ) throws -> FinishedRun {
    try serve(
      (0..<queries).map {
        Query(id: UInt64($0), arrival: .zero, task: 0, promptTokens: promptTokens($0))
      },
      on: .single(
        Self.device, limits: limits, replicas: replicas, window: window,
        arrivals: .closedLoop(concurrencyPerReplica: concurrency)),
      answers: FixedAnswers { query, _, _ in
        SampleLengths(reasoningTokens: 0, answerTokens: outputTokens(query.id))
      }, policy: JoinShortest())
  }

  /// Lengths from 50 to 149.
  private static let varied: @Sendable (UInt64) -> Int = { 50 + Int(SplitMix64.mixed($0) % 100) }

  @Test func `a closed loop keeps its number of requests in flight until the source is dry`()
    throws
  {
    let run = try closedLoop(
      concurrency: 8, replicas: 2, queries: 400, window: .wholeRun, outputTokens: Self.varied)
    #expect(run.records.count == 400)
    // At any arrival after the first round as many have come as have gone, and 16 more.
    for record in run.records where record.arrival > .zero {
      let inFlight = run.records.filter { $0.arrival <= record.arrival && record.arrival < $0.end }
      #expect(inFlight.count == 16)
    }
    expectBalance(run.result, "closed loop")
  }

  @Test func `the steady state opens when every slot has turned over and closes with the source`()
    throws
  {
    let run = try closedLoop(
      concurrency: 8, replicas: 2, queries: 400, window: .steadyState, outputTokens: Self.varied)
    let firstRound = run.records.filter { $0.arrival == .zero }
    #expect(firstRound.count == 16)
    #expect(run.result.windowStart == firstRound.map(\.end).max())
    // The first end that finds no successor closes the window.
    let lastArrival = run.records.map(\.arrival).max() ?? .zero
    #expect(run.result.windowEnd == run.records.map(\.end).filter { $0 > lastArrival }.min())
    expectBalance(run.result, "steady state")
    // Little: requests in flight = throughput × time in system, up to the window's edges.
    let window = (run.result.windowEnd - run.result.windowStart).seconds
    let rate = Double(run.result.requests.completed) / window
    let times = run.records
      .filter { run.result.windowStart < $0.end && $0.end < run.result.windowEnd }
      .map { $0.endToEndLatency.seconds }
    #expect(abs(rate * times.reduce(0, +) / Double(times.count) - 16) < 16 * 0.1)
  }

  @Test func `a first round starts somewhere inside its requests`() throws {
    let run = try closedLoop(
      concurrency: 200, queries: 200, window: .wholeRun, outputTokens: { _ in 1_000 })
    let left = run.records.map { Double($0.outputTokens) }
    let mean = left.reduce(0, +) / Double(left.count)
    // Uniform over the output: mean 500, standard error 289/√200.
    #expect(abs(mean - 500.5) < 4 * 289 / 200.0.squareRoot())
    #expect(run.records.allSatisfy { $0.promptTokens + $0.outputTokens == 1_040 })
  }

  @Test func `what a first round has already thought is not thought again`() throws {
    let run = try serve(
      (0..<100).map { Query(id: UInt64($0), arrival: .zero, task: 0, promptTokens: 40) },
      on: .single(Self.device, arrivals: .closedLoop(concurrencyPerReplica: 100)),
      answers: FixedAnswers { _, _, _ in SampleLengths(reasoningTokens: 80, answerTokens: 20) },
      policy: JoinShortest())
    for record in run.records {
      let headStart = record.promptTokens - 40
      #expect(record.outputTokens == 100 - headStart)
      #expect(record.reasoningTokens == max(0, 80 - headStart))
      #expect((record.firstAnswerToken == record.firstToken) == (headStart >= 80))
    }
    #expect(run.records.contains { $0.reasoningTokens == 0 })
    #expect(run.records.contains { $0.reasoningTokens > 0 })
  }

  @Test func `a slot whose request is refused takes the next at once`() throws {
    // Every third prompt is too long for the model.
    let run = try closedLoop(
      concurrency: 4, queries: 90, window: .wholeRun, outputTokens: Self.varied,
      promptTokens: { $0 % 3 == 1 ? 5_000 : 40 }, limits: .roomy(maxModelTokens: 1_000))
    #expect(run.result.requests.arrived == 90)
    #expect(run.result.requests.rejected == 30)
    #expect(run.result.requests.completed == 60)
    for record in run.records where record.outcome == .completed && record.arrival > .zero {
      let inFlight = run.records.filter { $0.arrival <= record.arrival && record.arrival < $0.end }
      #expect(inFlight.count == 4)
    }
  }
}
