import AnswerModels
import DeviceModels
import Quantities
import Scenarios
import Workloads

@testable import FleetEngine
@testable import Studies

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Every iteration takes one millisecond and one joule.
struct FlatModel: IterationModel {
  func cost(of shape: IterationShape) -> IterationCost {
    IterationCost(
      duration: SimDuration(nanoseconds: 1_000_000), energy: Energy(rounding: 1))
  }
  var idlePower: Power { Power(rounding: 100) }
}

/// Ten tokens, right on every other query.
struct FixedAnswers: AnswerModel {
  func promptTokens(of query: Query, arm: Int) -> Int { query.promptTokens }
  func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths {
    SampleLengths(reasoningTokens: 0, answerTokens: 10)
  }
  func isCorrect(_ query: Query, arm: Int) -> Bool? { query.id.isMultiple(of: 2) }
}

struct FirstReplica: ServingPolicy {
  mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    .serve(arm: 0, replica: 0)
  }
}

/// `count` queries, one every five milliseconds.
struct SteadyQueries: QuerySource {
  var count: UInt64
  var position: UInt64 = 0

  mutating func next() throws -> Query? {
    guard position < count else { return nil }
    defer { position += 1 }
    return Query(
      id: position, arrival: SimTime(nanoseconds: Int64(position) * 5_000_000), task: 0,
      promptTokens: 20)
  }
}

struct BrokenInput: Error, Equatable { var line: Int }

func fleet(
  pools: [PoolConfiguration]? = nil, objective: ServiceLevelObjective = ServiceLevelObjective()
) -> FleetConfiguration {
  let limits = EngineLimits(
    batchRowLimit: 8, iterationTokenBudget: 256, tokensPerBlock: 16, kvBlockCount: 1000,
    maxModelTokens: 4096)
  let pool = PoolConfiguration(
    name: "only", replicaCount: 1, gpusPerReplica: 1, limits: limits, model: FlatModel())
  return FleetConfiguration(
    pools: pools ?? [pool], arms: [ArmConfiguration(name: "direct", pools: [0], samples: 1)],
    objective: objective)
}

func preparedRun(_ name: String, queries: UInt64) -> PreparedRun {
  PreparedRun(
    policyName: name, fleet: fleet(), answers: FixedAnswers(), estimator: nil,
    makePolicy: { FirstReplica() }, makeSource: { SteadyQueries(count: queries) },
    expectedRequests: Int(queries))
}

/// A completed request; latencies in milliseconds, energy in joules.
func record(
  id: UInt64, energy: Double, isCorrect: Bool?, ttft: Double = 10, e2e: Double = 100,
  outcome: RequestOutcome = .completed
) -> RequestRecord {
  let arrival = SimTime(nanoseconds: Int64(id) * 1_000_000)
  let firstToken = arrival + SimDuration(rounding: ttft / 1e3)
  return RequestRecord(
    id: id, task: 0, arm: 0, replica: 0, outcome: outcome, arrival: arrival,
    firstScheduled: arrival, firstToken: firstToken, firstAnswerToken: firstToken,
    end: arrival + SimDuration(rounding: e2e / 1e3), promptTokens: 10, cachedPromptTokens: 0,
    outputTokens: 5, reasoningTokens: 0, samples: 1, preemptions: 0, timePerOutputToken: nil,
    prefillEnergy: .zero, decodeEnergy: Energy(rounding: energy), isCorrect: isCorrect)
}

func policyRun(_ name: String, _ records: [RequestRecord]) -> PolicyRun {
  var batches = RequestBatches()
  var details = ComparisonBatches(limit: RequestBatches.batchLimit)
  for record in records {
    batches.update(record.id) { $0.add(record) }
    details.update(record.id) { $0.add(record, ServiceLevelObjective()) }
  }
  return PolicyRun(
    name: name, fleet: fleet(), result: RunResult(), batches: batches,
    comparisonBatches: details)
}

/// A run of 1,000 completed and judged requests at a point of energy (J a request) and accuracy.
func placedRun(_ name: String, _ energy: Double, _ accuracy: Double) -> PolicyRun {
  var run = policyRun(
    name, (0..<1000).map { record(id: $0, energy: energy, isCorrect: Double($0) < 1000 * accuracy) }
  )
  run.result.requests.completed = 1000
  run.result.energy.decode = Energy(rounding: 1000 * energy)
  run.result.correctByTask = [CorrectCounts()]
  run.result.correctByTask[0].judged = 1000
  run.result.correctByTask[0].correct = Int((1000 * accuracy).rounded())
  return run
}

/// How far `a` lies above `b`; by the same batches of queries.
func pairedDifference(_ a: PolicyRun, _ b: PolicyRun, _ metric: PairedMetric) -> PairedDifference? {
  let samples = ComparisonSamples(StudyResult(context: context(), runs: [b, a]))
  return ComparisonEvidence(samples)
    .differences([(a: 1, b: 0)], names: [b.name, a.name], metrics: [metric]).first
}

func context(
  tasks: [String] = ["recall"], scope: EnergyScope = .gpu, families: [String: [String]] = [:],
  arms: Set<String> = []
) -> StudyContext {
  StudyContext(
    scenarioName: "test", scenarioSHA256: "00", calibrationSHA256: "11", seed: 1, version: "0",
    taskNames: tasks, energyScope: scope, familiesByPolicy: families,
    fixedArmPolicies: arms)
}

func exponential(_ x: Double) -> Double { exp(x) }

func naturalLogarithm(_ x: Double) -> Double { log(x) }
