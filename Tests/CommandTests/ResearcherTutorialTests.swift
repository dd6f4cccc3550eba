import Foundation
import TestSupport
import Testing

/// The tutorials of docs/policies.md, as their readers run them.
@Suite struct ResearcherTutorialTests {
  private func run(_ example: String) throws -> CommandLineTool.Outcome {
    try withScratchFolder { folder in
      let output = folder.appending(path: "out")
      let outcome = try CommandLineTool.run(
        ["run", "examples/\(example)/scenario.yaml", "--output", output.path])
      if outcome.exitCode == 0 {
        let sources = try String(
          contentsOf: output.appending(path: "sources.bib"), encoding: .utf8)
        #expect(sources.contains("@misc{joulefleet-source-1,"))
        #expect(sources.contains("gpus/h100-sxm: peak\\_bf16"))
        #expect(sources.contains("tasks/gsm8k"))
        #expect(!sources.contains("a100"))
      }
      return outcome
    }
  }

  @Test func `a column of scores and thresholds`() throws {
    let outcome = try run("score-column")
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardOutput.contains("by-score"))
  }

  @Test(.enabled(if: hasPython, "needs python3")) func `a program in Python`() throws {
    let outcome = try run("python-router")
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardError.contains("decisions by its process"))
  }

  @Test(.enabled(if: hasPython, "needs python3"))
  func `the frontier of a sweep lies where both policies cost the same`() throws {
    // Half the joules at a load of 1 and twice at 4: on logarithms, equal at 2. Never at task b.
    let program = """
      import os, sqlite3, subprocess, sys
      base = sqlite3.connect("sweep.sqlite")
      base.execute('CREATE TABLE results (point, replication, seed, "task", "load", policy, '
                   'energy_per_correct_j)')
      for task, load, joules in (("a", 1, 50), ("a", 4, 200), ("b", 1, 30), ("b", 4, 40)):
        for policy, cost in (("small", joules), ("large", 100)):
          base.execute("INSERT INTO results VALUES (0, 0, 1, ?, ?, ?, ?)",
                       (task, load, policy, cost))
      base.commit()
      subprocess.run([sys.executable, sys.argv[1], "sweep.sqlite", "small", "large", "map.svg"],
                     check=True)
      """
    try withScratchFolder { folder in
      let script = SharedData.packageRoot.appending(path: "examples/crossover/frontier.py").path
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "-c", program, script]
      process.currentDirectoryURL = folder
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      let text = String(decoding: data, as: UTF8.self)
      #expect(process.terminationStatus == 0)
      #expect(text.contains("| a | 0.50 | 2.00 | 2 |"), "\(text)")
      #expect(text.contains("| b | 0.30 | 0.40 | – |"), "\(text)")
      let map = try String(contentsOf: folder.appending(path: "map.svg"), encoding: .utf8)
      // One cell a pair of rows and loads, one frontier.
      #expect(map.components(separatedBy: "<rect").count == 5)
      #expect(map.components(separatedBy: "<line").count == 2)
    }
  }

  private static let hasPython: Bool = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }
  }()

  @Test func `a Swift type in a package of one's own`() throws {
    let outcome = try CommandLineTool.run(
      ["examples/own-policy/scenario.yaml", "calibration"], program: "OwnPolicy")
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardOutput.contains("length-guess: "))
    #expect(outcome.standardOutput.contains("fixed: "))
  }
}
