import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

private let hasSlurm: Bool = {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/sbatch") }
}()

struct SweepCommandTests {
  private static let scenario = """
    seed: 7
    workload:
      duration: 20 s
      arrivals: {process: poisson, rate: 2}
      tasks: [{name: chat, prompt: 100, output: {exponential: {mean: 40}}}]
    fleet:
      pools: [{name: small, model: qwen2.5-7b, gpu: h100-sxm, replicas: 1}]
    arms: [{name: direct, model: qwen2.5-7b, strategy: direct}]
    policies: [{name: direct, choose: {arm: direct}}]
    objectives: {slo: {ttft_ms: 100}}

    """

  private static func arguments(_ output: String) -> [String] {
    [
      "sweep", "tiny.yaml", "--vary", "workload.arrivals.rate=1..12", "--vary",
      "fleet.pools.small.replicas=1,2", "--threads", "2", "--output", output,
    ]
  }

  private static func export(_ file: String, in folder: URL) throws -> String {
    let outcome = try CommandLineTool.run(["export", file, "--csv", "-"], in: folder)
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    return outcome.standardOutput
  }

  @Test func `a sweep that is killed three times comes out as one that was not`() throws {
    try withScratchFolder { folder in
      try Data(Self.scenario.utf8).write(to: folder.appending(path: "tiny.yaml"))
      let whole = try CommandLineTool.run(Self.arguments("whole.sqlite"), in: folder)
      #expect(whole.exitCode == 0, "\(whole.standardError)")
      for rows in [3, 9, 15] {
        let process = try CommandLineTool.start(Self.arguments("killed.sqlite"), in: folder)
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        while process.isRunning {
          let outcome = try CommandLineTool.run(
            ["export", "killed.sqlite", "--csv", "-"], in: folder)
          if outcome.standardOutput.split(separator: "\n").count > rows { break }
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      let last = try CommandLineTool.run(Self.arguments("killed.sqlite"), in: folder)
      #expect(last.exitCode == 0, "\(last.standardError)")
      let expected = try Self.export("whole.sqlite", in: folder)
      #expect(expected.split(separator: "\n").count == 25)
      #expect(try Self.export("killed.sqlite", in: folder) == expected)
    }
  }

  @Test(
    "bad values are refused before anything is written",
    arguments: [
      ("fleet.pools.small.replicas=0", "replicas is 0"), ("fleet.pools.big.replicas=1", "big"),
      ("workload.arrivals.rat=1", "rate"), ("seed=1,2", "--replications"), ("x", "key"),
    ])
  func refused(_ vary: String, _ word: String) throws {
    try withScratchFolder { folder in
      try Data(Self.scenario.utf8).write(to: folder.appending(path: "tiny.yaml"))
      let outcome = try CommandLineTool.run(["sweep", "tiny.yaml", "--vary", vary], in: folder)
      #expect(outcome.exitCode == 2)
      #expect(outcome.standardError.contains(word), "\(outcome.standardError)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tiny.yaml"])
    }
  }

  @Test(.enabled(if: !hasSlurm, "is for machines without Slurm"))
  func `without a Slurm nothing is begun`() throws {
    try withScratchFolder { folder in
      try Data(Self.scenario.utf8).write(to: folder.appending(path: "tiny.yaml"))
      let outcome = try CommandLineTool.run(
        Self.arguments("s.sqlite") + ["--on", "slurm"], in: folder)
      #expect(outcome.exitCode == 2)
      #expect(outcome.standardError.contains("no sbatch"), "\(outcome.standardError)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tiny.yaml"])
    }
  }

  @Test func `a sweep's page holds its effects`() throws {
    try withScratchFolder { folder in
      try Data(Self.scenario.utf8).write(to: folder.appending(path: "tiny.yaml"))
      let sweep = [
        "sweep", "tiny.yaml", "--vary", "workload.arrivals.rate=1,4", "--replications", "2",
        "--output", "s.sqlite",
      ]
      #expect(try CommandLineTool.run(sweep, in: folder).exitCode == 0)
      let outcome = try CommandLineTool.run(
        ["export", "s.sqlite", "--report", "s.html"], in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      let page = try String(contentsOf: folder.appending(path: "s.html"), encoding: .utf8)
      #expect(page.contains("Means by workload.arrivals.rate"))
      #expect(page.contains("energy_per_request_j"))
    }
  }

  /// Whether Python reads tables here.
  private static var hasPandas: Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import pandas"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  @Test(
    "the example of docs/python.md reads a sweep",
    .enabled(if: hasPandas, "python3 has no pandas here"))
  func python() throws {
    let page = try String(
      contentsOf: SharedData.packageRoot.appending(path: "docs/python.md"), encoding: .utf8)
    let start = try #require(page.firstRange(of: "```python\n"))
    let end = try #require(page[start.upperBound...].firstRange(of: "```"))
    try withScratchFolder { folder in
      try Data(Self.scenario.utf8).write(to: folder.appending(path: "tiny.yaml"))
      let code = String(page[start.upperBound..<end.lowerBound])
      try Data(code.utf8).write(to: folder.appending(path: "sweep.py"))
      let sweep = try CommandLineTool.run(
        ["sweep", "tiny.yaml", "--vary", "workload.arrivals.rate=1,2", "--output", "s.sqlite"],
        in: folder)
      #expect(sweep.exitCode == 0, "\(sweep.standardError)")
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "sweep.py", "s.sqlite"]
      process.currentDirectoryURL = folder
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = String(
        decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(text.contains("energy_per_request_j"))
      #expect(text.split(separator: "\n").count == 4, "\(text)")
    }
  }
}
