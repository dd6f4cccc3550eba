import DeviceModels
import FleetEngine
import Quantities
import Scenarios
import Testing

@testable import Studies

/// Says what it was asked for at most; costs what the flat model does.
private struct TellingModel: IterationModel {
  func cost(of shape: IterationShape) -> IterationCost { FlatModel().cost(of: shape) }
  var idlePower: Power { FlatModel().idlePower }
  func extrapolations(upTo extent: ShapeExtent) -> [String] {
    [
      "\(extent.decodeRows) rows, \(extent.contextTokens) tokens of context, "
        + "\(extent.promptTokens) of prompt"
    ]
  }
}

struct RunWarningTests {
  /// `queries` queries in a closed loop of `concurrency` on each replica.
  private func closedLoop(
    _ name: String, concurrency: Int, replicas: Int = 1, queries: UInt64
  ) -> PreparedRun {
    var run = preparedRun(name, queries: queries)
    run.fleet.pools[0].replicaCount = replicas
    run.fleet.arrivals = .closedLoop(concurrencyPerReplica: concurrency)
    run.fleet.window = .steadyState
    return run
  }

  private func study(_ runs: [PreparedRun]) async throws -> StudyResult {
    StudyResult(
      context: context(),
      runs: try await RunExecutor(threadLimit: 2).execute(runs, keeping: .comparison))
  }

  @Test func `a model hears of the largest shapes of its run, and what it says is a warning`()
    async throws
  {
    var run = preparedRun("alone", queries: 30)
    run.fleet.pools[0].model = TellingModel()
    let warnings = try await study([run, run]).context.warnings
    // Queries of 20 tokens come every 5 ms and hold a row for 10: prompt and nine more tokens.
    #expect(warnings == ["2 rows, 29 tokens of context, 20 of prompt"])
  }

  @Test func `a window in which nothing ended is no result without a warning`() async throws {
    let study = try await study([
      closedLoop("enough", concurrency: 4, queries: 200),
      closedLoop("too few", concurrency: 4, replicas: 60, queries: 200),
    ])
    #expect(study.context.warnings.count == 1)
    #expect(study.context.warnings[0].hasPrefix("too few: nothing was measured"))
    #expect(!PolicyComparison(study).paired.contains { $0.metric == .endToEndLatency })
  }

  @Test func `refused requests are counted in a warning`() async throws {
    var run = preparedRun("short", queries: 12)
    run.fleet.pools[0].limits.maxModelTokens = 20
    let warnings = try await study([run]).context.warnings
    #expect(warnings.count == 1)
    #expect(warnings[0].hasPrefix("short: nothing was served: 12 of 12 requests were refused"))
  }

  @Test func `what was given up stands in a warning, with its share of all that ended`() {
    var run = policyRun("busy", [record(id: 0, energy: 1, isCorrect: true)])
    run.result.requests.completed = 60
    run.result.requests.timedOut = 30
    run.result.requests.cancelled = 6
    run.result.requests.rejected = 4
    run.result.requests.arrived = 100
    run.result.energy.attributed = Energy(rounding: 200)
    run.givenUpEnergy = Energy(rounding: 50)
    let warnings = RunWarnings.of([run])
    #expect(
      warnings.contains(
        "busy: 36.0 % of the requests were given up (30 timed out, 6 cancelled), and 25.0 % of the "
          + "energy attributed to requests went into them; latencies and accuracy are of the "
          + "completed ones"))
    run.fleet.objective = ServiceLevelObjective(endToEndLatency: SimDuration(rounding: 1))
    run.result.requests.metObjective = 50
    #expect(PolicyFigures(run, in: context()).sloAttainment == 0.5)
  }

  @Test func `a prefix cache in which nothing is found brings a warning`() {
    var run = policyRun("cold", [record(id: 0, energy: 1, isCorrect: true)])
    run.result.requests.completed = 1
    #expect(RunWarnings.of([run]).isEmpty)
    run.fleet.pools[0].rules.cachesPrefixes = true
    #expect(RunWarnings.of([run]).map { $0.hasPrefix("cold: pool only caches prefixes") } == [true])
    run.result.tokens.prompt = 300
    run.result.tokens.cachedPrompt = 100
    #expect(RunWarnings.of([run]).isEmpty)
    #expect(PolicyFigures(run, in: context()).cachedPromptShare == 0.25)
  }

  @Test func `prompts in blocks that fill no KV blocks bring one warning, which says why`() {
    var run = policyRun("odd", [record(id: 0, energy: 1, isCorrect: true)])
    run.result.requests.completed = 1
    run.fleet.pools[0].rules.cachesPrefixes = true
    var unaligned = UnalignedPrefixes()
    unaligned.requests = 12
    unaligned.prefixBlockTokens = 24
    run.result.unalignedPrefixesByPool = [unaligned]
    #expect(
      RunWarnings.of([run]) == [
        "odd: pool only cached nothing of 12 prompts, which are named in prefix blocks of 24 "
          + "tokens: that is no multiple of its block_size, 16"
      ])
  }

  @Test func `the energy of what was given up counts in paired figures, its latencies do not`() {
    var sums = RequestSums()
    sums.add(record(id: 0, energy: 3, isCorrect: true, e2e: 100))
    sums.add(record(id: 1, energy: 2, isCorrect: nil, e2e: 900, outcome: .timedOut))
    sums.add(record(id: 2, energy: 1, isCorrect: nil, e2e: 900, outcome: .cancelled))
    #expect(sums.ended == 3 && sums.completed == 1 && sums.judged == 1)
    let sample = PolicySample(policyRun("a", []), in: context())
    let values = sample.values(of: sums, nil, quantiles: nil)
    #expect(values[.attributedEnergyPerRequest] == 6)
    #expect(values[.endToEndLatency] == 100)
  }

  @Test func `closed loops are compared on the queries that both measured`() async throws {
    let study = try await study([
      closedLoop("narrow", concurrency: 2, queries: 600),
      closedLoop("wide", concurrency: 6, queries: 600),
      closedLoop("wide again", concurrency: 6, queries: 600),
    ])
    let paired = PolicyComparison(study).paired
    let again = paired.filter { $0.a == "wide again" && $0.b == "wide" }
    // There is no objective, so there is no goodput.
    #expect(again.count == PairedMetric.allCases.count - 1)
    #expect(again.allSatisfy { $0.estimate.value == 0 })
    // Six share the joule of an iteration that two share otherwise.
    let energy = try #require(
      paired.first {
        $0.a == "wide" && $0.b == "narrow" && $0.metric == .attributedEnergyPerRequest
      })
    let measured = study.runs.map { run in
      run.result.energy.attributed.joules / Double(run.result.requests.completed)
    }
    #expect(abs(energy.estimate.value - (measured[1] - measured[0])) < 0.05 * measured[0])
  }
}
