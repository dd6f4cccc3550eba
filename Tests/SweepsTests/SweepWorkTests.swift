import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Sweeps

struct SweepWorkTests {
  private static func identity() throws -> SweepIdentity {
    let design = SweepDesign(
      axes: [try SweepAxisReader.read("a=1..5")], replications: 2, baseSeed: .max)
    return SweepIdentity(
      scenarioName: "tiny", scenarioPath: "tiny.yaml", scenarioText: "seed: 1",
      calibrationSHA256: "0", version: "1", design: design, policies: ["p"], tracePath: nil,
      engineArguments: [])
  }

  private static func withFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// Numbers that a careless format would change.
  private static func outcome(_ unit: SweepUnit) -> SweepOutcome {
    let values = SweepFigure.all.indices.map { index -> SweepFigure.Value in
      switch index % 4 {
      case 0: .count(index * 1_000_003)
      case 1: .measure(nil)
      case 2: .measure(0.1 + Double(index))
      default: .measure(1 / (Double(unit.point.index) + 3) * 1e-7)
      }
    }
    return SweepOutcome(
      unit: unit, rows: [SweepRow(policy: "p", values: values)], wallSeconds: 0.25)
  }

  private static func csv(_ store: SweepStore) throws -> Data {
    var data = Data()
    try SweepExport(store).writeCSV { data.append($0) }
    return data
  }

  @Test func `results that come by files are those that were recorded at once`() throws {
    try Self.withFolder { folder in
      let identity = try Self.identity()
      let direct = try SweepStore.open(
        path: folder.appending(path: "direct.sqlite").path, identity: identity)
      let collected = try SweepStore.open(
        path: folder.appending(path: "collected.sqlite").path, identity: identity)
      let work = SweepWorkFolder(of: collected)
      try work.create(for: identity)
      #expect(try work.identity() == identity)
      try work.writeTasks([[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]], attempt: "0")
      for task in [1, 0] {
        for unit in try work.units(attempt: "0", task: task) {
          try work.write(Self.outcome(unit), of: unit)
        }
        // What is there is not done again.
        #expect(try work.units(attempt: "0", task: task).isEmpty)
      }
      // A result that is half there belongs to a task that was stopped.
      try Data("{\"point\":".utf8).write(to: work.results.appending(path: "3-0.json"))
      try work.collect { try collected.record($0) }
      #expect(try collected.pendingUnits().map(\.point.index) == [3])
      try work.write(Self.outcome(try direct.units()[6]), of: try direct.units()[6])
      try work.collect { try collected.record($0) }
      for unit in try direct.units() { try direct.record(Self.outcome(unit)) }
      #expect(try Self.csv(direct) == Self.csv(collected))
      #expect(throws: InputError.self) { try work.units(attempt: "0", task: 2) }
    }
  }

  @Test(
    "a Slurm gives the rows of local cores",
    .enabled(if: SlurmSweep.isPresent, "no Slurm here: sbatch is not in the search path"))
  func slurm() throws {
    try Self.withFolder { folder in
      let tool = try #require(BuiltProduct.url("joulefleet"))
      let scenario = folder.appending(path: "tiny.yaml")
      try Data(Self.tiny.utf8).write(to: scenario)
      func sweep(_ name: String, _ more: [String]) throws -> Data {
        let path = folder.appending(path: name).path
        let outcome = try ShellCommand.run(
          [
            tool.path, "sweep", scenario.path, "--vary", "workload.arrivals.rate=1..6",
            "--calibration", SharedData.packageRoot.appending(path: "calibration").path,
            "--output", path,
          ] + more)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return try Self.csv(try SweepStore.open(existing: path))
      }
      let slurm = try sweep("slurm.sqlite", ["--on", "slurm", "--tasks", "3"])
      #expect(try slurm == sweep("local.sqlite", []))
    }
  }

  private static let tiny = """
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
}

/// A product of the package: it lies beside the bundle of the tests, if it was built.
private enum BuiltProduct {
  static func url(_ name: String) -> URL? {
    var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appending(path: name)
      if FileManager.default.isExecutableFile(atPath: candidate.path),
        !candidate.hasDirectoryPath
      {
        return candidate
      }
    }
    return nil
  }
}
