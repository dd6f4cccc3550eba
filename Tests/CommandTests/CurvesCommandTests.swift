import Foundation
import Testing

/// `joulefleet curves` as its users run it.
struct CurvesCommandTests {
  private static let base = ["curves", "gpu=h100-sxm", "model=qwen3-8b"]

  @Test func `curves say what is held fixed, and mark what was not measured`() throws {
    let outcome = try CommandLineTool.run(Self.base + ["batch=1,16", "tensor-parallel=1"])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    let lines = outcome.standardOutput.split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("warning: ") }
    let words = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(
      lines.first
        == "Against batch; held: tensor-parallel 1, mean context 500 tokens, input 250 tokens "
        + "(default), output 500 tokens (default); GPU energy.")
    #expect(lines[1] == "qwen3-8b on h100-sxm")
    #expect(
      words[2] == [
        "batch", "decode", "decode", "decode", "decode", "request", "request", "calibrated",
      ])
    #expect(words[3] == ["J/token", "ms/token", "token/s", "W/GPU", "J/token", "ms/token"])
    #expect(words[4].first == "1" && words[4].last == "no")
    #expect(words[5].first == "16" && words[5].last == "yes")
    #expect(outcome.standardOutput.components(separatedBy: "largest batch 1,").count == 2)
  }

  @Test func `CSV on standard output is nothing else`() throws {
    let outcome = try CommandLineTool.run(Self.base + ["--against", "clock", "--csv", "-"])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    let lines = outcome.standardOutput.split(separator: "\n")
    #expect(lines.first?.hasPrefix("curve,gpu,model,tensor_parallel,clock_mhz,") == true)
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("\"qwen3-8b on h100-sxm\",") })
    #expect(outcome.standardError.contains("warning: "))
    #expect(lines.count > 10)
  }

  @Test func `a folder holds picture, tables and figures, and is replaced by the next`() throws {
    try withScratchFolder { folder in
      for _ in 0..<2 {
        let outcome = try CommandLineTool.run(Self.base + ["--output", "curves"], in: folder)
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      }
      #expect(
        try contents(of: folder.appending(path: "curves")).keys.sorted() == [
          "curves.csv", "report.html", "summary.json",
        ])
    }
  }

  @Test(
    "bad input to curves gets one line and exit code 2",
    arguments: [
      (["modl=qwen3-8b"], "unknown key \"modl\"", "did you mean \"model\"?"),
      (["gpu=h100-sxm", "model=qwen3-9b"], "model is \"qwen3-9b\"", "did you mean \"qwen3-"),
      (["gpu=h100-sxm", "model=qwen3-8b", "batch=0"], "batch is \"0\"", "expected a whole number"),
      (["gpu=h100-sxm"], "missing key \"model\"", "expected model=…"),
    ])
  func badInput(_ arguments: [String], problem: String, hint: String) throws {
    let outcome = try CommandLineTool.run(["curves"] + arguments)
    #expect(outcome.exitCode == 2)
    #expect(outcome.standardOutput.isEmpty)
    #expect(outcome.standardError.hasPrefix("joulefleet: \(problem)"), "\(outcome.standardError)")
    #expect(outcome.standardError.contains(hint), "\(outcome.standardError)")
    #expect(outcome.standardError.split(separator: "\n").count == 1)
  }
}
