import Foundation
import TestSupport
import Testing

struct PlanCommandTests {
  private static let quick = "model=qwen2.5-7b,gpu=h100-sxm,rate=5,prompt=100,output=20"

  @Test func `a quick plan can be kept as a file`() throws {
    let outcome = try CommandLineTool.run(
      ["plan", "--quick", Self.quick + ",tpot-ms=30", "--print-plan"])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardOutput.contains("slo: {tpot_ms: 30}"))
    #expect(outcome.standardOutput.contains("model: [\"qwen2.5-7b\"]"))
  }

  @Test(
    "what is wrong with a plan is said in a line",
    arguments: [
      (quick, "no latency"), (quick + ",tpot-ms=30,gpus=x", "did you mean \"gpu\""),
      (quick + ",tpot-ms=30,minimize=cost", "prices"),
      (quick + ",tpot-ms=30,grid=nll", "did you mean \"nl\""),
      (quick + ",tpot-ms=30,accuracy=0.5", "accuracy"),
      ("model=qwen2.5-8b,gpu=h100-sxm,rate=5,prompt=9,output=2,tpot-ms=30", "qwen2.5-8b"),
    ])
  func wrong(_ line: String, _ word: String) throws {
    let outcome = try CommandLineTool.run(["plan", "--quick", line])
    #expect(outcome.exitCode == 2, "\(outcome.standardOutput)")
    #expect(outcome.standardError.contains(word), "\(outcome.standardError)")
    #expect(outcome.standardOutput.isEmpty)
  }

  @Test func `a plan that nothing meets says so and exits with 3`() throws {
    let outcome = try CommandLineTool.run(
      ["plan", "--quick", Self.quick + ",tpot-ms=0.01,inventory=h100-sxm:8", "--json", "-"])
    #expect(outcome.exitCode == 3)
    #expect(outcome.standardOutput.contains("\"chosen\" : null"))
    #expect(outcome.standardError.isEmpty)
  }

  @Test("shells get completions", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let outcome = try CommandLineTool.run(["--generate-completion-script", shell])
    #expect(outcome.exitCode == 0)
    #expect(outcome.standardOutput.contains("sweep"))
  }

  @Test func `a watched run says the same, and its time line can be kept`() throws {
    try withScratchFolder { folder in
      try Data(TinyScenario.text.utf8).write(to: folder.appending(path: "tiny.yaml"))
      let run = ["run", "tiny.yaml", "--json", "-", "--no-timing"]
      let plain = try CommandLineTool.run(run, in: folder)
      let watched = try CommandLineTool.run(
        run + ["--watch", "--trace-viewer", "line.json"], in: folder)
      #expect(watched.exitCode == 0, "\(watched.standardError)")
      #expect(plain.standardOutput == watched.standardOutput)
      #expect(watched.standardError.contains("simulated s"))
      let data = try Data(contentsOf: folder.appending(path: "line.json"))
      let trace = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      let events = try #require(trace?["traceEvents"] as? [[String: Any]])
      #expect(events.count > 50)
    }
  }
}
