import AnswerModels
import DeviceModels
import Quantities
import Scenarios
import Studies
import Workloads

@testable import FleetEngine

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
  for record in records { batches.update(record.id) { $0.add(record) } }
  return PolicyRun(name: name, fleet: fleet(), result: RunResult(), batches: batches)
}

func context(
  tasks: [String] = ["recall"], scope: EnergyScope = .gpu, families: [String: [String]] = [:]
) -> StudyContext {
  StudyContext(
    scenarioName: "test", scenarioSHA256: "00", calibrationSHA256: "11", seed: 1, version: "0",
    taskNames: tasks, energyScope: scope, familiesByPolicy: families)
}

func naturalLogarithm(_ x: Double) -> Double { log(x) }
