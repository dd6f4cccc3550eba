import Foundation
import TestSupport
import Testing

struct ResultTests {
  /// Runs the tiny scenario into a folder of its own; returns the files.
  private func results(_ arguments: [String], command: String = "run") throws -> [String: Data] {
    try withScratchFolder { folder in
      let file = folder.appending(path: "scenario.yaml")
      try Data(TinyScenario.text.utf8).write(to: file)
      let output = folder.appending(path: "output")
      let outcome = try CommandLineTool.run(
        [command, file.path, "--output", output.path] + arguments, in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      #expect(outcome.standardError.isEmpty, "quiet where no terminal is")
      return try contents(of: output)
    }
  }

  @Test func `one seed gives the same bytes on any number of threads, another does not`() throws {
    let first = try results(["--threads", "1"])
    #expect(
      first.keys.sorted() == [
        "report.html", "requests.csv", "scenario.yaml", "sources.bib", "summary.json",
        "timeseries.csv",
      ])
    #expect(first["scenario.yaml"] == Data(TinyScenario.text.utf8))
    #expect(try results(["--threads", "2"]) == first)
    let other = try results(["--seed", "8"])
    // What was asked and what was read do not depend on the seed.
    for name in first.keys where !["scenario.yaml", "sources.bib"].contains(name) {
      #expect(other[name] != first[name], "\(name)")
    }
  }

  @Test func `compare sets the arms beside the policies`() throws {
    let files = try results([], command: "compare")
    let data = try #require(files["summary.json"])
    let summary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let policies = try #require(summary["policies"] as? [String: Any])
    #expect(
      policies.keys.sorted() == ["always-direct", "always-vote", "by-difficulty", "direct"])
    for key in ["paired", "pareto", "energy_at_equal_accuracy"] { #expect(summary[key] != nil) }
  }

  @Test func `the books of a run balance in its summary`() throws {
    let summary = try quickSummary(
      "gpu=h100-sxm,model=qwen2.5-7b,concurrency=8,prompt=200,output=50")
    let energy = try #require(summary["energy_j"] as? [String: Double])
    let gpu = try #require(energy["gpu"])
    let parts = try ["prefill", "decode", "idle"].map { try #require(energy[$0]) }
    #expect(abs(parts.reduce(0, +) - gpu) <= 1e-12 * gpu)
    let attributed = try #require(energy["attributed"])
    let integral = try #require(energy["integral"])
    #expect(abs(attributed + parts[2] - gpu) <= 1e-12 * gpu)
    #expect(abs(integral - gpu) <= 1e-12 * gpu)
    let window = try #require(summary["window_s"] as? Double)
    let powers = try #require(summary["power_w"] as? [String: Any])
    let power = try #require(powers["mean"] as? Double)
    #expect(abs(power * window - gpu) <= 1e-9 * gpu)
  }

  /// `policies.quick` of a quick run; standard output must hold nothing but JSON.
  private func quickSummary(_ line: String) throws -> [String: Any] {
    let outcome = try CommandLineTool.run(["run", "--quick", line, "--json", "-"])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8))
    let policies = try #require((json as? [String: Any])?["policies"] as? [String: Any])
    #expect(policies.keys.sorted() == ["quick"])
    return try #require(policies["quick"] as? [String: Any])
  }

  @Test func `a small model alone on an L40S spends what was measured`() throws {
    // Frontenac stage 1: Qwen2.5-1.5B, vLLM, 128 tokens out, one request at a time:
    // 183 tokens/s and 1.539 J a token.
    let summary = try quickSummary(
      "gpu=l40s,model=qwen2.5-1.5b,concurrency=1,prompt=128,output=128")
    let energy = try #require(summary["energy_per_output_token_j"] as? Double)
    let rate = try #require(summary["output_tokens_per_s"] as? Double)
    #expect(abs(energy / 1.539 - 1) < 0.25)
    #expect(abs(rate / 183 - 1) < 0.10)
  }

  @Test func `a model far from what was measured brings a warning wherever results stand`() throws {
    // 70 billion parameters; a single L40S was measured with a small fraction of that.
    let line =
      "gpu=l40s,model=llama-3.1-70b,tensor-parallel=8,concurrency=1,prompt=20,output=5,requests=20"
    let words = "llama-3.1-70b on l40s: "
    let terminal = try CommandLineTool.run(["run", "--quick", line])
    #expect(terminal.exitCode == 0, "\(terminal.standardError)")
    #expect(terminal.standardOutput.contains("warning: \(words)"))
    let written = try CommandLineTool.run(["run", "--quick", line, "--json", "-"])
    let json = try JSONSerialization.jsonObject(with: Data(written.standardOutput.utf8))
    let warnings = try #require((json as? [String: Any])?["warnings"] as? [String])
    #expect(warnings.contains { $0.hasPrefix(words) && $0.contains("parameters") }, "\(warnings)")
  }

  @Test(
    .enabled(if: SharedData.isPresent, "needs the Azure conversation trace"))
  func `the Azure conversation trace runs to its end, token by token`() throws {
    try withScratchFolder { folder in
      let trace = SharedData.url("traces/azure-llm-2023/AzureLLMInferenceTrace_conv.csv")
      let outcome = try CommandLineTool.run([
        "run", "scenarios/azure-conversation.yaml", "--trace", trace.path, "--policy",
        "least-loaded", "--json", "-",
      ])
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      let json = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8))
      let policies = try #require((json as? [String: Any])?["policies"] as? [String: Any])
      let summary = try #require(policies["least-loaded"] as? [String: Any])
      let requests = try #require(summary["requests"] as? [String: Int])
      let tokens = try #require(summary["tokens"] as? [String: Int])
      #expect(requests["arrived"] == 19_366)
      #expect(requests["completed"] == 19_366)
      #expect(tokens["prompt"] == 22_361_870)
      #expect(tokens["output"] == 4_088_665)
      let simulated = try #require(summary["simulated_s"] as? Double)
      #expect(simulated >= 3501.721_937 && simulated < 3501.721_937 + 60)
    }
  }
}
