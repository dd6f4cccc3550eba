public import AnswerModels
public import DeviceModels
public import FleetEngine
import Quantities
public import Workloads

extension EngineLimits {
  /// Limits that never bind, unless a test names one.
  public static func roomy(
    rows: Int = 20_000, tokenBudget: Int = 100_000, tokensPerBlock: Int = 16,
    kvBlocks: Int = 1_000_000_000, maxModelTokens: Int = 100_000
  ) -> EngineLimits {
    EngineLimits(
      batchRowLimit: rows, iterationTokenBudget: tokenBudget, tokensPerBlock: tokensPerBlock,
      kvBlockCount: kvBlocks, maxModelTokens: maxModelTokens)
  }
}

extension FleetConfiguration {
  /// One pool of `replicas` that serves one arm of `samples`.
  public static func single(
    _ model: any IterationModel, limits: EngineLimits = .roomy(), replicas: Int = 1,
    samples: Int = 1, window: MeasurementWindow = .wholeRun, arrivals: ArrivalMode = .open
  ) -> FleetConfiguration {
    FleetConfiguration(
      pools: [
        PoolConfiguration(
          name: "pool", replicaCount: replicas, gpusPerReplica: 1, limits: limits, model: model)
      ],
      arms: [ArmConfiguration(name: "arm", pools: [0], samples: samples)],
      arrivals: arrivals, window: window)
  }
}

/// A finished run: its totals, its records and its time series.
public struct FinishedRun {
  public var result: RunResult
  public var observer: RecordingObserver
  public var records: [RequestRecord] { observer.records }

  public init(result: RunResult, observer: RecordingObserver) {
    self.result = result
    self.observer = observer
  }

  /// The record of request `id`; stops the test run if there is none.
  public subscript(id: UInt64) -> RequestRecord {
    guard let record = observer.record(of: id) else {
      preconditionFailure("request \(id) has no record")
    }
    return record
  }
}

/// Runs the engine on a list of queries.
public func serve(
  _ queries: [Query], followUps: [UInt64: ListSource.FollowUp] = [:],
  on fleet: FleetConfiguration, answers: any AnswerModel, policy: any ServingPolicy = TakeTurns(),
  depth: (any DepthController)? = nil
) throws -> FinishedRun {
  var observer = RecordingObserver()
  let result = try FleetSimulation(fleet: fleet, answers: answers, policy: policy, depth: depth)
    .run(ListSource(queries, followUps: followUps), observer: &observer)
  return FinishedRun(result: result, observer: observer)
}

/// Queries numbered from 0 that arrive at the given ticks.
public func queries(at ticks: [Int128], promptTokens: [Int]) -> [Query] {
  zip(ticks, promptTokens).enumerated().map { id, query in
    Query(id: UInt64(id), arrival: SimTime(ticks: query.0), task: 0, promptTokens: query.1)
  }
}
