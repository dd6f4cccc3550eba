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
