import DeviceModels
import FleetEngine
import Quantities
import TestSupport
import Testing
import Workloads

/// Each law finds the smallest fault that is planted against it, and none where there is none.
struct RunLawsTests {
  /// A busy run: preemptions, requests given up, prefixes found, on two replicas.
  private static func busyRun() throws -> ReferenceResult {
    let tick = SimDuration(ticks: 1)
    let device = AffineIterationModel(
      ticks: ShapeWeights(constant: 100, perDecodeRow: 5, perContextToken: 1, perPrefillToken: 3))
    var fleet = FleetConfiguration.single(
      device,
      limits: .roomy(rows: 4, tokenBudget: 16, tokensPerBlock: 4, kvBlocks: 14, maxModelTokens: 56),
      replicas: 2)
    fleet.pools[0].rules.cachesPrefixes = true
    let queries = (0..<24).map { id in
      var query = Query(
        id: UInt64(id), arrival: SimTime(ticks: Int128(id * 150)), task: 0,
        promptTokens: 10 + id % 5 * 6)
      query.context.prefixBlockTokens = 8
      query.context.prefixBlockIDs = [1, 2, 100 + UInt64(id)]
      if id % 4 == 3 { query.context.timeout = SimDuration(ticks: 900) + tick }
      return query
    }
    let answers = FixedAnswers(outputTokens: queries.map { 5 + Int($0.id) % 7 * 4 })
    return try ReferenceSimulator(fleet: fleet, answers: answers, policy: TakeTurns()).run(queries)
  }

  private func busyTime(_ result: ReferenceResult) -> SimDuration {
    result.trace.iterations.reduce(.zero) { $0 + ($1.end - $1.start) }
  }

  @Test func `all laws hold in a run without faults`() throws {
    let result = try Self.busyRun()
    #expect(result.trace.events.preemptions > 0)
    #expect(result.records.contains { $0.outcome == .timedOut })
    #expect(result.records.contains { $0.cachedPromptTokens > 0 })
    #expect(RunLaws.violations(result, busyTime: busyTime(result)).isEmpty)
  }

  @Test func `all laws hold in random scenarios`() throws {
    try forEverySeed(150) { seed, _ in
      let scenario = RandomScenario(seed: 50_000 + seed)
      let result = try scenario.reference()
      let broken = RunLaws.violations(result, busyTime: busyTime(result))
      #expect(broken.isEmpty, "\(broken.prefix(5))\nin \(scenario)")
    }
  }

  /// Whether `law` holds without and breaks with a fault.
  private func bites(
    _ law: (ReferenceResult) -> [String], _ fault: (inout ReferenceResult) -> Void
  ) throws -> Bool {
    var result = try Self.busyRun()
    guard law(result).isEmpty else { return false }
    fault(&result)
    return !law(result).isEmpty
  }

  /// A state in the middle of the run, in which both replicas work.
  private func middle(_ result: ReferenceResult) -> Int { result.trace.states.count / 2 }

  @Test func `Little's law notices a tick too much in one record and a request too few`() throws {
    #expect(try bites(RunLaws.littlesLaw) { $0.records[5].end = $0.records[5].end + Self.tick })
    #expect(try bites(RunLaws.littlesLaw) { $0.records.remove(at: 3) })
    #expect(
      try bites(RunLaws.littlesLaw) { $0.trace.states[middle($0)].queries -= 1 })
  }

  private static let tick = SimDuration(ticks: 1)

  @Test func `the law of utilisation notices a tick of busy time and a doubled iteration`() throws {
    let result = try Self.busyRun()
    let reported = busyTime(result)
    #expect(RunLaws.utilization(result, busyTime: reported).isEmpty)
    #expect(!RunLaws.utilization(result, busyTime: reported + Self.tick).isEmpty)
    let law = { RunLaws.utilization($0, busyTime: busyTime($0)) }
    #expect(try bites(law) { $0.trace.iterations.append($0.trace.iterations[7]) })
    #expect(try bites(law) { $0.trace.states[middle($0)].replicas[1].isBusy = false })
    #expect(
      try bites(law) {
        $0.trace.iterations[6].start.ticks -= 1
        $0.trace.iterations[6].end.ticks -= 1
      })
  }

  @Test func `work conservation notices a replica that idles while something waits`() throws {
    #expect(
      try bites(RunLaws.workConservation) { result in
        let index = result.trace.states.firstIndex { $0.replicas[0].waiting > 0 } ?? 0
        result.trace.states[index].replicas[0].isBusy = false
      })
  }

  @Test func `token conservation notices one token too many or too few`() throws {
    #expect(try bites(RunLaws.tokenConservation) { $0.records[2].outputTokens += 1 })
    #expect(try bites(RunLaws.tokenConservation) { $0.trace.outputs.removeLast() })
    #expect(try bites(RunLaws.tokenConservation) { $0.trace.prompts[1].count -= 1 })
    #expect(try bites(RunLaws.tokenConservation) { $0.trace.recomputed[0].count += 1 })
    #expect(try bites(RunLaws.tokenConservation) { $0.trace.abandoned.append(.one) })
    // A token that was computed again and is counted as if it were the first.
    #expect(
      try bites(RunLaws.tokenConservation) {
        $0.trace.recomputed[0].count -= 1
        $0.trace.prompts[1].count += 1
      })
    #expect(
      try bites(RunLaws.tokenConservation) { $0.trace.iterations[0].shape.prefillTokens -= 1 })
  }

  @Test func `block conservation notices a block lost, found, or kept at the end`() throws {
    let law = RunLaws.blockConservation
    #expect(try bites(law) { $0.trace.states[middle($0)].replicas[0].vacantBlocks -= 1 })
    #expect(try bites(law) { $0.trace.states[middle($0)].replicas[1].unheldBlocks += 1 })
    #expect(
      try bites(law) {
        let last = $0.trace.states.count - 1
        $0.trace.states[last].replicas[0].ownedBlocks += 1
        $0.trace.states[last].replicas[0].vacantBlocks -= 1
      })
  }

  @Test func `causality notices every pair of instants in the wrong order`() throws {
    let law = RunLaws.causality
    func completed(_ result: ReferenceResult) -> Int {
      result.records.firstIndex { $0.outcome == .completed && $0.firstToken < $0.end } ?? 0
    }
    #expect(try bites(law) { $0.records[completed($0)].arrival = $0.records[completed($0)].end })
    #expect(
      try bites(law) {
        $0.records[completed($0)].firstToken = $0.records[completed($0)].firstScheduled
      })
    #expect(
      try bites(law) {
        $0.records[completed($0)].firstAnswerToken = $0.records[completed($0)].firstScheduled
      })
    #expect(
      try bites(law) {
        $0.records[completed($0)].firstAnswerToken = $0.records[completed($0)].end + Self.tick
      })
    #expect(try bites(law) { $0.records[completed($0)].firstToken = .never })
    #expect(try bites(law) { $0.records.swapAt(0, $0.records.count - 1) })
    #expect(
      try bites(law) { $0.trace.states[middle($0)].time = $0.trace.states[middle($0) - 1].time })
  }
}

extension ReferenceTrace.Count {
  fileprivate static let one = ReferenceTrace.Count(time: .zero, count: 1)
}
