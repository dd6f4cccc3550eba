import AnswerModels
import DeviceModels
import FleetEngine
import Foundation
import NumericalMethods
import Policies
import Quantities
import Reports
import Scenarios
import Studies
import Workloads

/// The scenario whose parts are measured: judged answers, lengths of its own.
struct PartScenario {
  let lengthsGiven: PreparedRun
  let lengthsDrawn: PreparedRun
  let vote: PreparedRun

  init() throws {
    let catalog = try Catalog.load()
    func run(_ task: String, strategy: String) throws -> PreparedRun {
      try Scenario.parse(
        text: """
          seed: 1
          workload:
            requests: 100000000
            arrivals: {process: poisson, rate: 1024}
            tasks:
              - \(task)
          fleet:
            pools:
              - {name: pool, model: qwen2.5-7b, gpu: h100-sxm, replicas: 64}
          arms:
            - {name: arm, model: qwen2.5-7b, strategy: "\(strategy)"}
          policies:
            - {name: policy, choose: {arm: arm}, route: round-robin}
          measurement: {series_interval: 60 s}

          """, file: "part", catalog: catalog
      ).preparedRuns()[0]
    }
    lengthsGiven = try run(
      "{task: mmlu, share: 1, prompt: {exponential: {mean: 1000}, max: 8000}, "
        + "output: {exponential: {mean: 200}, max: 2000}}", strategy: "direct")
    lengthsDrawn = try run("{task: gsm8k, share: 1}", strategy: "chain-of-thought")
    vote = try run("{task: gsm8k, share: 1}", strategy: "majority-vote:k=8")
  }
}

enum SourceParts {
  static func all(_ scenario: PartScenario) -> [Part] {
    [
      ("source: lengths given", scenario.lengthsGiven),
      ("source: task sheet", scenario.lengthsDrawn),
    ]
    .map { name, run in
      Part(name) { count in
        var source = try run.makeSource()
        var sum = 0
        for _ in 0..<count { sum &+= try source.next()?.promptTokens ?? 0 }
        return sum
      }
    }
  }
}

enum AnswerParts {
  static func all(_ scenario: PartScenario) throws -> [Part] {
    try part("answers: mmlu, lengths given", scenario.lengthsGiven, samples: 1)
      + part("answers: gsm8k, chain of thought", scenario.lengthsDrawn, samples: 1)
      + part("answers: gsm8k, vote of 8", scenario.vote, samples: 8)
  }

  private static func part(
    _ name: String, _ run: PreparedRun, samples: Int
  ) throws -> [Part] {
    var source = try run.makeSource()
    let queries = try (0..<4096).compactMap { _ in try source.next() }
    let answers = run.answers
    return [
      Part("\(name): lengths") { count in
        var sum = 0
        for index in 0..<count {
          let query = queries[index & 4095]
          sum &+= answers.promptTokens(of: query, arm: 0)
          for sample in 0..<samples {
            sum &+= answers.lengths(of: query, arm: 0, sample: sample).outputTokens
          }
        }
        return sum
      },
      Part("\(name): right or wrong") { count in
        var sum = 0
        for index in 0..<count {
          if answers.isCorrect(queries[index & 4095], arm: 0) == true { sum &+= 1 }
        }
        return sum
      },
    ]
  }
}

enum NumberParts {
  static func all() -> [Part] {
    let stream = RandomStream(seed: 1, purpose: "part")
    let uniforms = (0..<4096 as Range<UInt64>).map { stream.uniform(id: $0) }
    let latencies = uniforms.map { Int64(-log($0) * 3e7) }
    let gamma = GammaDistribution(mean: 1, coefficientOfVariation: 2)
    func quantile(_ name: String, _ law: any QuantileFunction) -> Part {
      Part(name) { count in
        var sum = 0.0
        for index in 0..<count { sum += law.quantile(uniforms[index & 4095]) }
        return Int(sum)
      }
    }
    return [
      Part("draw: one uniform") { count in
        var sum = 0.0
        for index in 0..<count { sum += stream.uniform(id: UInt64(index)) }
        return Int(sum)
      },
      quantile("quantile: exponential", ExponentialDistribution(mean: 3)),
      quantile("quantile: log-normal", LogNormalDistribution(mean: 3, logSD: 1)),
      quantile(
        "quantile: log-normal, tabulated",
        TabulatedQuantile(LogNormalDistribution(mean: 3, logSD: 1))),
      quantile("quantile: gamma", gamma),
      Part("sketch: one value") { count in
        var sketch = QuantileSketch()
        for index in 0..<count { sketch.record(latencies[index & 4095]) }
        return sketch.count
      },
      Part("sketch: a progression of 20") { count in
        var sketch = QuantileSketch(partsPerWhole: 1_024_000)
        for index in 0..<count {
          sketch.recordProgression(
            first: 20_480_000_000_000 + latencies[index & 4095], step: 44_321, count: 20,
            times: 40)
        }
        return sketch.count
      },
      Part("sketch: a quantile", repetitions: 200) { count in
        var sketch = QuantileSketch()
        for latency in latencies { sketch.record(latency) }
        var sum = 0.0
        for index in 0..<count { sum += sketch.quantile(Double(index) / Double(count)) ?? 0 }
        return Int(sum)
      },
    ]
  }
}

enum DeviceParts {
  static func all(_ scenario: PartScenario) -> [Part] {
    let model = scenario.lengthsGiven.fleet.pools[0].model
    let shapes = (0..<4096).map { index in
      IterationShape(
        decodeRows: 20 + index % 50, decodeContextTokens: 20_000 + 37 * index,
        prefillTokens: 100 + index % 1900, prefillChunks: 1 + index % 3,
        prefillAttentionPairs: 5000 + index * 400)
    }
    return [
      Part("device: an iteration with prompt tokens") { count in
        var sum: Int128 = 0
        for index in 0..<count { sum &+= model.cost(of: shapes[index & 4095]).energy.quanta }
        return Int(truncatingIfNeeded: sum)
      },
      Part("device: a decode segment") { count in
        var sum: Int64 = 0
        for index in 0..<count {
          let shape = shapes[index & 4095]
          sum &+=
            model.decodeSegment(
              rows: shape.decodeRows, contextTokens: shape.decodeContextTokens
            ).energyPerToken
        }
        return Int(sum)
      },
    ] + curves(of: scenario.lengthsGiven.fleet)
  }

  private static func curves(of fleet: FleetConfiguration) -> [Part] {
    let view = FleetView(
      now: .zero, replicas: [], replicasByArm: [], curves: PoolCurves(fleet.pools))
    let curve = view.curve(ofPool: 0)
    let pool = fleet.pools[0]
    return [
      Part("curve: a token of a batch") { count in
        var sum = 0.0
        for index in 0..<count {
          sum +=
            curve.decodeCost(
              rows: 1 + index & 255, meanContextTokens: 100 + index & 4095
            ).joulesPerToken
        }
        return Int(sum)
      },
      Part("curve: the same, asked of the fleet") { count in
        var sum = 0.0
        for index in 0..<count {
          sum +=
            view.curve(ofReplica: index & 63).decodeCost(
              rows: 1 + index & 255, meanContextTokens: 100 + index & 4095
            ).joulesPerToken
        }
        return Int(sum)
      },
      Part("curve: tabulate a pool", repetitions: 20) { count in
        var sum = 0.0
        for _ in 0..<count {
          sum +=
            OperatingCurve(
              pool.model, rowLimit: pool.limits.batchRowLimit,
              contextLimit: pool.limits.maxModelTokens,
              tokenBudget: pool.limits.iterationTokenBudget
            ).promptCost(promptTokens: 100).joulesPerToken
        }
        return Int(sum)
      },
    ]
  }
}

enum PolicyParts {
  static func all() -> [Part] {
    [64, 1024].flatMap { replicas in
      [
        part("policy: round robin, \(replicas) replicas", replicas, RoundRobin()),
        part("policy: least loaded, \(replicas) replicas", replicas, LeastLoaded()),
      ]
    }
  }

  private static func part(
    _ name: String, _ replicas: Int, _ choice: any ReplicaChoice
  ) -> Part {
    let views = Array(repeating: ReplicaView(), count: replicas)
    let replicasByArm = [ReplicaSet(ranges: [0..<replicas])]
    return Part(name) { count in
      var policy = ComposedPolicy(arm: FixedArm(arm: 0), replica: choice)
      var sum = 0
      let view = FleetView(now: .zero, replicas: views, replicasByArm: replicasByArm)
      for index in 0..<count {
        let request = RequestView(
          id: UInt64(index), arrival: .zero, task: 0, promptTokens: 10)
        if case .serve(_, let replica) = policy.decide(request, in: view) { sum &+= replica }
      }
      return sum
    }
  }
}

/// Keeps the records of a run.
struct KeepingObserver: RunObserver {
  var records: [RequestRecord] = []
  mutating func requestEnded(_ record: RequestRecord) { records.append(record) }
  mutating func intervalEnded(_ interval: FleetInterval) {}
}

/// Yields the first queries of another source.
struct FirstQueries: QuerySource {
  var base: any QuerySource
  var left: Int

  mutating func next() throws -> Query? {
    guard left > 0 else { return nil }
    left -= 1
    return try base.next()
  }
}

enum RecordParts {
  static func all(_ scenario: PartScenario) throws -> [Part] {
    let run = scenario.lengthsGiven
    let simulation = FleetSimulation(
      fleet: run.fleet, answers: run.answers, policy: run.makePolicy())
    var observer = KeepingObserver()
    _ = try simulation.run(
      FirstQueries(base: try run.makeSource(), left: 4096), observer: &observer)
    let records = observer.records
    return [
      Part("study: sums of a request") { count in
        var batches = RequestBatches()
        for index in 0..<count {
          batches.update(UInt64(index)) { $0.add(records[index & 4095]) }
        }
        return batches.bins.count
      },
      Part("tables: a row of requests.csv") { count in
        let folder = URL.temporaryDirectory.appending(path: "part-benchmark-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var recorder = try RunTables(folder: folder, runs: [run], taskNames: ["mmlu"])
          .recorder(for: 0)
        for index in 0..<count { recorder.requestEnded(records[index & 4095]) }
        try recorder.finish()
        return count
      },
    ]
  }
}
