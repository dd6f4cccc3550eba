import Foundation
import Scenarios
import Studies
import TestSupport
import Testing

@testable import Sweeps

struct SweepStoreTests {
  private static let scenario = """
    seed: 7
    workload:
      duration: 5 s
      arrivals: {process: poisson, rate: 2}
      tasks: [{name: chat, prompt: 100, output: 5}]
    fleet:
      pools: [{name: small, model: qwen2.5-7b, gpu: h100-sxm, replicas: 1}]
    arms: [{name: direct, model: qwen2.5-7b, strategy: direct}]
    policies: [{name: direct, choose: {arm: direct}}]

    """

  private static func identity(_ axes: [String], replications: Int = 2) throws -> SweepIdentity {
    let design = SweepDesign(
      axes: try axes.map { try SweepAxisReader.read($0) }, replications: replications, baseSeed: 7)
    return SweepIdentity(
      scenarioName: "tiny", scenarioPath: "tiny.yaml", scenarioText: scenario,
      calibrationSHA256: "0", version: "1", design: design, policies: ["direct"], tracePath: nil,
      engineArguments: [])
  }

  private static func withFile<Value>(
    _ body: (String) async throws -> Value
  ) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.appending(path: "sweep.sqlite").path)
  }

  private static func csv(_ store: SweepStore) throws -> String {
    var data = Data()
    try SweepExport(store).writeCSV { data.append($0) }
    return String(decoding: data, as: UTF8.self)
  }

  private static let axes = [
    "workload.arrivals.rate=1,2", "fleet.pools.small.replicas=1,2",
  ]

  private static func catalog() throws -> Catalog {
    try Catalog.load(path: SharedData.packageRoot.appending(path: "calibration").path)
  }

  @Test func `a sweep in pieces has the same rows as one in one go`() async throws {
    let catalog = try Self.catalog()
    let identity = try Self.identity(Self.axes)
    let runner = SweepRunner(identity: identity, catalog: catalog)
    let whole = try await Self.withFile { path in
      let store = try SweepStore.open(path: path, identity: identity)
      try await runner.run(store, threadLimit: 3) { _ in }
      return try Self.csv(store)
    }
    let pieces = try await Self.withFile { path in
      var store = try SweepStore.open(path: path, identity: identity)
      let units = try store.pendingUnits()
      #expect(units.count == 8)
      // The last ones first, one of them twice, and the file closed in between.
      for unit in [units[7], units[2], units[7]] {
        try store.record(try await runner.outcome(of: unit))
      }
      try store.close()
      store = try SweepStore.open(path: path, identity: identity)
      #expect(try store.pendingUnits().count == 6)
      try await runner.run(store, threadLimit: 1) { _ in }
      #expect(try store.pendingUnits().isEmpty)
      return try Self.csv(store)
    }
    #expect(whole == pieces)
    #expect(whole.split(separator: "\n").count == 9)
    #expect(whole.hasPrefix("point,replication,seed,workload.arrivals.rate,"))
    #expect(whole.contains("\n3,1,8,2,2,direct,"))
  }

  @Test func `a point of a sweep is the scenario with its values`() async throws {
    let catalog = try Self.catalog()
    let identity = try Self.identity(["fleet.pools.small.replicas=3"], replications: 1)
    let runner = SweepRunner(identity: identity, catalog: catalog)
    let unit = SweepUnit(point: try identity.design().points()[0], replication: 0, seed: 9)
    let row = try #require(try await runner.outcome(of: unit).rows.first)
    let text = Self.scenario.replacing("replicas: 1", with: "replicas: 3")
    let scenario = try Scenario.parse(text: text, file: "tiny.yaml", catalog: catalog, seed: 9)
    let runs = try await RunExecutor(threadLimit: 1).execute(scenario.preparedRuns())
    let context = StudyContext(scenario, version: "1")
    #expect(row == SweepRow(try #require(runs.first), in: context))
  }

  @Test func `a file takes no results of another sweep`() async throws {
    let identity = try Self.identity(Self.axes)
    try await Self.withFile { path in
      try SweepStore.open(path: path, identity: identity).close()
      let other = try Self.identity(Self.axes, replications: 3)
      #expect(throws: InputError.self) { try SweepStore.open(path: path, identity: other) }
      #expect(try SweepStore.open(existing: path).identity == identity)
    }
  }

  @Test func `what only a fault of the program can do to the file is no bad input`() async throws {
    let identity = try Self.identity(["fleet.pools.small.replicas=1"], replications: 1)
    let runner = SweepRunner(identity: identity, catalog: try Self.catalog())
    try await Self.withFile { path in
      let store = try SweepStore.open(path: path, identity: identity)
      var outcome = try await runner.outcome(of: try #require(try store.units().first))
      // Two rows of one policy, which the primary key refuses.
      outcome.rows += outcome.rows
      let error = #expect(throws: (any Error).self) { try store.record(outcome) }
      #expect(error.map { !($0 is InputError) } == true, "\(error.debugDescription)")
      #expect(try store.pendingUnits().count == 1)
    }
  }

  @Test func `a file that is no sweep is left alone`() async throws {
    try await Self.withFile { path in
      try Data("not a database, but long enough to look at".utf8).write(to: URL(filePath: path))
      let before = try Data(contentsOf: URL(filePath: path))
      #expect(throws: InputError.self) { try SweepStore.open(existing: path) }
      #expect(throws: InputError.self) {
        try SweepStore.open(path: path, identity: Self.identity(Self.axes))
      }
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test func `a point that cannot be is recorded as such, a value that cannot be is an error`()
    async throws
  {
    let catalog = try Self.catalog()
    let fits = try Self.identity(
      [
        "fleet.pools.small.engine.max_num_seqs=8,64",
        "fleet.pools.small.engine.max_num_batched_tokens=32,64",
      ], replications: 1)
    try await Self.withFile { path in
      let runner = SweepRunner(identity: fits, catalog: catalog)
      try runner.check(try fits.design().points())
      let store = try SweepStore.open(path: path, identity: fits)
      try await runner.run(store, threadLimit: 2) { _ in }
      #expect(try store.problems().count == 1)
      #expect(try Self.csv(store).contains("\n2,0,7,64,32,,"))
    }
    let broken = try Self.identity(["fleet.pools.small.replicas=1,0"])
    #expect(throws: InputError.self) {
      try SweepRunner(identity: broken, catalog: catalog).check(try broken.design().points())
    }
  }
}
