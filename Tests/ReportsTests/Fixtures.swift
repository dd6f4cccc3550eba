import AnswerModels
import DeviceModels
import Foundation
import NumericalMethods
import Quantities
import Workloads

@testable import FleetEngine
@testable import Studies

struct FlatModel: IterationModel {
  func cost(of shape: IterationShape) -> IterationCost {
    IterationCost(duration: SimDuration(nanoseconds: 1_000_000), energy: Energy(rounding: 1))
  }
  var idlePower: Power { Power(rounding: 100) }
}

func pool(_ name: String, replicas: Int = 2) -> PoolConfiguration {
  PoolConfiguration(
    name: name, replicaCount: replicas, gpusPerReplica: 1,
    limits: EngineLimits(
      batchRowLimit: 8, iterationTokenBudget: 256, tokensPerBlock: 16, kvBlockCount: 100,
      maxModelTokens: 4096),
    model: FlatModel(), hostPowerPerGPU: Power(rounding: 50), nodeWattsPerGPUWatt: 1.5)
}

func fleet(_ pools: [PoolConfiguration] = [pool("h100")]) -> FleetConfiguration {
  FleetConfiguration(
    pools: pools,
    arms: [
      ArmConfiguration(name: "direct", pools: [0], samples: 1),
      ArmConfiguration(name: "vote, k=4", pools: [0], samples: 4),
    ],
    objective: ServiceLevelObjective(timeToFirstToken: SimDuration(rounding: 1)))
}

func completedRecord(id: UInt64 = 7) -> RequestRecord {
  let arrival = SimTime(nanoseconds: 1_500_000_000)
  return RequestRecord(
    id: id, task: 1, arm: 1, replica: 3, outcome: .completed, arrival: arrival,
    firstScheduled: arrival + SimDuration(nanoseconds: 12_345),
    firstToken: arrival + SimDuration(nanoseconds: 80_000_001),
    firstAnswerToken: arrival + SimDuration(nanoseconds: 900_000_000),
    end: arrival + SimDuration(nanoseconds: 1_000_000_000), promptTokens: 120,
    cachedPromptTokens: 16, outputTokens: 400, reasoningTokens: 300, samples: 4, preemptions: 1,
    timePerOutputToken: SimDuration(nanoseconds: 9_876_543),
    prefillEnergy: Energy(rounding: 1.5), decodeEnergy: Energy(rounding: 200.25),
    isCorrect: true, isMeasured: true)
}

func rejectedRecord() -> RequestRecord {
  var record = completedRecord(id: 8)
  record.outcome = .rejected
  record.arm = -1
  record.replica = -1
  record.outputTokens = 0
  record.reasoningTokens = 0
  record.samples = 0
  record.attempts = 0
  record.preemptions = 0
  record.cachedPromptTokens = 0
  record.prefillEnergy = .zero
  record.decodeEnergy = .zero
  record.timePerOutputToken = nil
  record.isCorrect = nil
  return record
}

func interval(pools: Int) -> FleetInterval {
  FleetInterval(
    start: SimTime(rounding: 2), duration: SimDuration(rounding: 1), energy: Energy(rounding: 450),
    energyByPool: (0..<pools).map { Energy(rounding: 150 * Double($0 + 1)) }, outputTokens: 600,
    promptTokens: 1200, arrivals: 5, completions: 4, waitingRequests: 3, runningRows: 8,
    busyReplicas: 2, kvUsage: 0.12346)
}

func context(_ name: String = "quickstart", warnings: [String] = []) -> StudyContext {
  StudyContext(
    scenarioName: name, question: "Vote or scale?", scenarioSHA256: "aa11",
    calibrationSHA256: "bb22", seed: 7, version: "0.1.0", warnings: warnings,
    taskNames: ["recall", "math"], powerUsageEffectiveness: 1.25,
    familiesByPolicy: ["small": ["scaling"], "large": ["scaling"], "vote": ["voting"]])
}

/// A run of ten completed requests in ten seconds; `correct` of eight judged answers are right.
func smallRun(_ name: String, joules: Double, correct: Int) -> PolicyRun {
  var result = RunResult()
  result.requests.arrived = 11
  result.requests.completed = 10
  result.requests.rejected = 1
  result.requests.metObjective = 10
  result.tokens.prompt = 1000
  result.tokens.output = 500
  result.energy.prefill = Energy(rounding: 0.25 * joules)
  result.energy.decode = Energy(rounding: 0.5 * joules)
  result.energy.idle = Energy(rounding: 0.25 * joules)
  result.energy.attributed = Energy(rounding: 0.75 * joules)
  result.energy.integral = Energy(rounding: joules)
  result.energy.gpuByPool = [Energy(rounding: joules)]
  result.correctByTask = [CorrectCounts(), CorrectCounts()]
  result.correctByTask[1].judged = 8
  result.correctByTask[1].correct = correct
  result.completedByArm = [6, 4]
  result.windowEnd = SimTime(rounding: 10)
  result.end = SimTime(rounding: 10)
  for step in 1...10 as ClosedRange<Int64> {
    result.latency.timeToFirstToken.record(step * 10_000_000)
    result.latency.endToEnd.record(step * 1_000_000_000)
  }
  result.powerMilliwatts.record(Int64(joules * 100))
  var run = PolicyRun(
    name: name, fleet: fleet(), result: result,
    timing: RunTiming(wallSeconds: 0.5, processorSeconds: 0.25))
  var details = ComparisonBatches(limit: RequestBatches.batchLimit)
  for id in 0..<10 as Range<UInt64> {
    var record = completedRecord(id: id)
    record.decodeEnergy = Energy(rounding: joules / 10 + Double(id % 3))
    record.isCorrect = id < 8 ? id < correct : nil
    run.batches.update(id) { $0.add(record) }
    details.update(id) {
      $0.add(record, run.fleet.objective)
      $0.fleetEnergy += Energy(rounding: joules / 10 + Double(id % 3))
      $0.fleetTime += SimDuration(rounding: 1)
    }
  }
  run.comparisonBatches = details
  for second in 0..<10 as Range<UInt64> {
    var stretch = interval(pools: 1)
    stretch.start = SimTime(rounding: Double(second))
    run.power.update(second) { $0.add(stretch) }
  }
  return run
}

func smallStudy(_ context: StudyContext = context()) -> StudyResult {
  StudyResult(
    context: context,
    runs: [
      smallRun("small", joules: 1000, correct: 4), smallRun("large", joules: 4000, correct: 6),
      smallRun("vote", joules: 3000, correct: 6),
    ])
}

/// A fresh folder that is removed at the end of `body`.
func withTemporaryFolder<Outcome>(
  _ body: (URL) async throws -> Outcome
) async throws -> Outcome {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "joulefleet-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

func names(in folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

struct NoAnswers: AnswerModel {
  func promptTokens(of query: Query, arm: Int) -> Int { query.promptTokens }
  func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths {
    SampleLengths(reasoningTokens: 0, answerTokens: 1)
  }
  func isCorrect(_ query: Query, arm: Int) -> Bool? { nil }
}
