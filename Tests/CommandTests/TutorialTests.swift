import Foundation
import TestSupport
import Testing

/// A page whose reader types commands.
struct Tutorial: CustomTestStringConvertible, Sendable {
  var page: String
  var commands: Int
  /// Figures of the page, as the commands print them.
  var told: [String]

  var testDescription: String { page }
}

/// Every command of the tutorials is run as it stands, in the order of its page. Those of
/// docs/policies.md are those of `ResearcherTutorialTests`.
struct TutorialTests {
  /// The lines of a page's code blocks that a reader types.
  private static func commands(of page: String) throws -> [[String]] {
    let url = SharedData.packageRoot.appending(path: page)
    var isCode = false
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap { line in
      if line.hasPrefix("```") { isCode.toggle() }
      guard isCode, line.hasPrefix("joulefleet ") else { return nil }
      return line.split(separator: " ").dropFirst().map(String.init)
    }
  }

  @Test(
    "the commands of a tutorial work",
    arguments: [
      Tutorial(
        page: "docs/tutorial-planner.md", commands: 7,
        told: [
          "\n32       0.144      8.8", "Least energy: qwen2.5-7b direct on h100-sxm at 450 W",
          "  3 replicas of qwen2.5-7b on h100-sxm (1 of each pool spare), 3 GPUs",
          "cap-450w spends least on a request", " 17.3 % less",
        ]),
      Tutorial(
        page: "docs/calibrate-your-fleet.md", commands: 3, told: ["engine.time_per_iteration"]),
    ])
  func works(_ tutorial: Tutorial) throws {
    let commands = try Self.commands(of: tutorial.page)
    #expect(commands.count == tutorial.commands)
    var told = ""
    try withScratchFolder { folder in
      for name in ["examples", "scenarios", "calibration"] {
        try FileManager.default.createSymbolicLink(
          at: folder.appending(path: name),
          withDestinationURL: SharedData.packageRoot.appending(path: name))
      }
      for command in commands {
        let outcome = try CommandLineTool.run(command, in: folder)
        #expect(outcome.exitCode == 0, "\(command): \(outcome.standardError)")
        told += outcome.standardOutput
      }
      for figure in tutorial.told { #expect(told.contains(figure), "\(figure)") }
    }
  }
}
