import Foundation
import TestSupport
import Testing

struct HelpTests {
  @Test(
    "help says what a command does, with an example",
    arguments: [
      [], ["run"], ["compare"], ["validate"], ["list"], ["trace", "describe"],
      ["trace", "convert"], ["trace", "generate"],
      ["calibrate", "fit"], ["calibrate", "check"], ["calibrate", "example"],
      ["calibrate", "publications"], ["curves"], ["reproduce"], ["sweep"], ["export"], ["plan"],
    ])
  func help(_ command: [String]) throws {
    let outcome = try CommandLineTool.run(command + ["--help"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.standardError.isEmpty)
    #expect(outcome.standardOutput.contains("joulefleet \(command.joined(separator: " "))"))
    #expect(outcome.standardOutput.contains("USAGE:"))
  }

  @Test(
    "every subject can be listed",
    arguments: [
      "gpus", "models", "tasks", "strategies", "policies", "nodes", "facilities",
    ])
  func list(_ subject: String) throws {
    let outcome = try CommandLineTool.run(["list", subject])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardOutput.split(separator: "\n").count > 1)
  }

  @Test func `a quick line can be kept as a scenario file`() throws {
    try withScratchFolder { folder in
      let line = "gpu=h100-sxm,model=qwen2.5-7b,rate=2,prompt=exp:200,output=20,requests=50"
      let text = try CommandLineTool.run(["run", "--quick", line, "--print-scenario"])
      #expect(text.exitCode == 0, "\(text.standardError)")
      try Data(text.standardOutput.utf8).write(to: folder.appending(path: "quick.yaml"))
      func figures(_ arguments: [String]) throws -> String {
        let outcome = try CommandLineTool.run(
          ["run", "--json", "-", "--no-timing"] + arguments, in: folder)
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        return outcome.standardOutput
      }
      #expect(try figures(["quick.yaml"]) == figures(["--quick", line]))
    }
  }

  @Test(
    "the shipped scenarios are valid",
    arguments: [
      "quickstart.yaml", "assistant-sessions.yaml", "impatient-rush.yaml", "mixed.yaml",
      "controlled-reasoning.yaml", "crossover.yaml", "router-scores.yaml",
    ])
  func shipped(_ name: String) throws {
    let outcome = try CommandLineTool.run(["validate", "scenarios/\(name)"])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
  }

  @Test func `a trace is described by its figures`() throws {
    try withScratchFolder { folder in
      let file = folder.appending(path: "trace.csv")
      try Data(TinyScenario.traceText(rows: 20).utf8).write(to: file)
      let outcome = try CommandLineTool.run(["trace", "describe", "trace.csv"], in: folder)
      #expect(outcome.exitCode == 0)
      #expect(outcome.standardOutput.contains("requests          20"))
      #expect(outcome.standardOutput.contains("span              19.000 s"))
    }
  }
}
