import Foundation
import Testing

struct WarningTests {
  static let line = "gpu=h200-sxm,model=qwen2.5-32b,concurrency=4,prompt=200,output=20,requests=40"
  static let borrowed = "qwen2.5-32b on h200-sxm: engine borrowed from h100-sxm"

  @Test func `what a run extrapolates stands above its results`() throws {
    let outcome = try CommandLineTool.run(["run", "--quick", Self.line])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardOutput.contains("warning: \(Self.borrowed)\n"))
  }

  @Test func `the summary holds the same words`() throws {
    let outcome = try CommandLineTool.run(["run", "--quick", Self.line, "--json", "-"])
    let json = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8))
    let warnings = try #require((json as? [String: Any])?["warnings"] as? [String])
    #expect(warnings.contains(Self.borrowed))
  }
}
