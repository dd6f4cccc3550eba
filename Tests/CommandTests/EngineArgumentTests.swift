import Foundation
import TestSupport
import Testing

struct EngineArgumentTests {
  private static let line = "gpu=h100-sxm,model=qwen2.5-7b,concurrency=8,prompt=300,output=40"

  private func summary(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try CommandLineTool.run(
      ["run", "--quick", Self.line, "--json", "-"] + arguments)
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8))
    return try #require(json as? [String: Any])
  }

  @Test func `options of vllm serve change the run and stand in its summary`() throws {
    let plain = try summary([])
    #expect(plain["engine_args"] == nil)
    let options = "--max-num-seqs 2 --enforce-eager"
    let narrow = try summary(["--engine-args", options])
    #expect(narrow["engine_args"] as? [String] == [options])
    let warnings = try #require(narrow["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("left out of account: --enforce-eager") })
    func batch(_ summary: [String: Any]) throws -> Double {
      let policies = try #require(summary["policies"] as? [String: [String: Any]])
      return try #require(policies["quick"]?["mean_batch"] as? Double)
    }
    #expect(try batch(narrow) <= 2 && batch(plain) > 4)
  }

  @Test(
    "a wrong option is bad input wherever it may be given",
    arguments: [["run", "--quick", line], ["validate", "scenarios/quickstart.yaml"]])
  func wrong(_ command: [String]) throws {
    let outcome = try CommandLineTool.run(command + ["--engine-args", "--max-num-sqs 2"])
    #expect(outcome.exitCode == 2)
    #expect(
      outcome.standardError == "joulefleet: --engine-args: unknown option \"--max-num-sqs\"; "
        + "expected an option of vllm serve; did you mean \"--max-num-seqs\"?\n")
  }

  @Test func `one pool is one pool, and refused quick keys are not offered`() throws {
    let outcome = try CommandLineTool.run(["validate", "scenarios/impatient-rush.yaml"])
    #expect(
      outcome.standardOutput.hasSuffix(
        "impatient-rush is valid: 1 pool, 1 arm, 4 policies\n"), "\(outcome.standardOutput)")
    let help = try CommandLineTool.run(["run", "--help"]).standardOutput
    #expect(help.contains("max-rows") && help.contains("clock-mhz") && help.contains("cap-w"))
    #expect(help.contains("--engine-args"))
  }

  @Test func `sessions and askers give the same bytes on any number of threads`() throws {
    try withScratchFolder { folder in
      let root = SharedData.packageRoot
      var text = try String(
        contentsOf: root.appending(path: "scenarios/assistant-sessions.yaml"), encoding: .utf8)
      text = text.replacing("sessions: 600", with: "sessions: 40\n  patience: 6 s")
      try Data(text.utf8).write(to: folder.appending(path: "s.yaml"))
      func files(_ threads: String) throws -> [String: Data] {
        let output = folder.appending(path: "out-\(threads)")
        let outcome = try CommandLineTool.run(
          ["compare", "s.yaml", "--threads", threads, "--output", output.path], in: folder)
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        return try contents(of: output)
      }
      let one = try files("1")
      #expect(try files("3") == one)
      let requests = String(decoding: try #require(one["requests.csv"]), as: UTF8.self)
      let outcomes = requests.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)[5]
      }
      #expect(Set(outcomes) == ["completed", "cancelled"])
    }
  }
}
