import Foundation
import TestSupport
import Testing

/// From logs to a fitted fleet, as the tutorial walks it.
@Suite struct CalibrateCommandTests {
  @Test func `example, fit, check and a scenario with the fit go hand in hand`() throws {
    try withScratchFolder { folder in
      func run(_ arguments: [String]) throws -> CommandLineTool.Outcome {
        let outcome = try CommandLineTool.run(arguments, in: folder)
        #expect(outcome.exitCode == 0, "\(arguments): \(outcome.standardError)")
        return outcome
      }
      _ = try run(["calibrate", "example", "--output", "logs"])
      let fit = try run([
        "calibrate", "fit", "--data", "logs/metrics", "--gpu", "h100-sxm", "--output", "fitted",
      ])
      #expect(fit.standardOutput.contains("engine.time_per_iteration"))
      #expect(fit.standardOutput.contains("fitted/h100-sxm.fit.yaml"))
      let check = try run([
        "calibrate", "check", "--data", "logs/metrics", "--gpu", "h100-sxm", "--fit",
        "fitted/h100-sxm.fit.yaml", "--json", "-", "--plot", "check.html",
      ])
      let json = try JSONSerialization.jsonObject(with: Data(check.standardOutput.utf8))
      let rows = try #require((json as? [String: Any])?["rows"] as? [[String: Any]])
      #expect(!rows.isEmpty)
      #expect(rows.allSatisfy { abs($0["error"] as? Double ?? 9) < 0.1 })
      let page = try String(contentsOf: folder.appending(path: "check.html"), encoding: .utf8)
      #expect(page.contains("Predicted against measured"))
      let scenario = """
        seed: 1
        workload:
          requests: 40
          arrivals: {process: closed-loop, concurrency: 4}
          tasks: [{name: a, prompt: 100, output: 20}]
        fleet:
          pools:
            - name: a
              model: llama-3.1-8b
              gpu: h100-sxm
              replicas: 1
              calibration: fitted/h100-sxm.fit.yaml
        arms: [{name: a, model: llama-3.1-8b, strategy: direct}]
        policies: [{name: a, choose: {arm: a}, route: least-loaded}]
        """
      try Data(scenario.utf8).write(to: folder.appending(path: "own.yaml"))
      _ = try run(["run", "own.yaml", "--json", "-", "--no-timing"])
    }
  }

  @Test(
    "what cannot be fitted is bad input",
    arguments: [
      (["fit", "--data", "nowhere", "--output", "x"], "no such folder"),
      (["fit", "--data", ".", "--output", "x"], "no window of decoding"),
      (["check", "--data", "."], "no row of use"),
      (["check", "--data", ".", "--fit", "nothing.yaml"], "no such file"),
      (["fit", "--data", ".", "--output", "x", "--keep", "gapp"], "did you mean \"gap\"?"),
      (["publications", "--data", "nowhere"], "no such folder"),
    ])
  func refused(arguments: [String], words: String) throws {
    try withScratchFolder { folder in
      let outcome = try CommandLineTool.run(["calibrate"] + arguments, in: folder)
      #expect(outcome.exitCode == 2)
      #expect(outcome.standardError.contains(words), "\(outcome.standardError)")
    }
  }
}
