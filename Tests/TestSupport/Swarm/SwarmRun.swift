import FleetEngine
import Foundation
import Workloads

/// Random scenarios on both engines, and what came of it.
public struct SwarmRun: Sendable {
  public private(set) var coverage = SwarmCoverage()
  /// By failing scenario: the file that describes it, and the first differences.
  public private(set) var failures: [String] = []

  public init() {}

  /// Runs the scenarios of `seeds`, spread over the cores.
  public static func run(_ seeds: Range<UInt64>, chunk: UInt64 = 50) async -> SwarmRun {
    await withTaskGroup(of: SwarmRun.self) { group in
      for first in stride(from: seeds.lowerBound, to: seeds.upperBound, by: Int(chunk)) {
        let part = first..<min(first + chunk, seeds.upperBound)
        group.addTask {
          var run = SwarmRun()
          for seed in part {
            run.check(RandomScenario(seed: seed))
            // Tests that wait for a process are not kept from seeing its end.
            await Task.yield()
          }
          return run
        }
      }
      var whole = SwarmRun()
      for await part in group {
        whole.coverage = whole.coverage + part.coverage
        whole.failures += part.failures
      }
      if whole.failures.isEmpty { try? FileManager.default.removeItem(at: ScenarioNote.folder) }
      return whole
    }
  }

  private mutating func check(_ scenario: RandomScenario) {
    let note = ScenarioNote(scenario)
    do {
      let reference = try scenario.reference()
      coverage.count(reference)
      let run = try scenario.run()
      let broken =
        scenario.fleet.window == .wholeRun
        ? RunLaws.violations(reference, busyTime: run.result.busyTime) : []
      let found = differences(between: run, and: reference) + broken
      // Shrinking takes many runs: where all is wrong a few examples will do.
      let smallest = found.isEmpty || failures.count > 1 ? nil : Self.shrink(scenario)
      if !found.isEmpty { failures.append(note.keep(found, smallest: smallest)) }
    } catch {
      failures.append(note.keep(["\(error)"], smallest: nil))
    }
    note.close()
  }

  /// Leaves out query after query as long as the two still differ.
  private static func shrink(_ scenario: RandomScenario) -> RandomScenario {
    var smallest = scenario
    for query in scenario.allQueries.reversed() {
      guard let smaller = smallest.without(query.id), let run = try? smaller.run(),
        let reference = try? smaller.reference(),
        !differences(between: run, and: reference).isEmpty
      else { continue }
      smallest = smaller
    }
    return smallest
  }
}

/// A file that names the scenario in progress, so that one that stops the process is known, and
/// that stays where the scenario fails.
private struct ScenarioNote {
  /// Of this process alone: others may run their own scenarios.
  static let folder = FileManager.default.temporaryDirectory
    .appending(path: "joulefleet-swarm-\(ProcessInfo.processInfo.processIdentifier)")

  let file: URL
  let scenario: RandomScenario

  init(_ scenario: RandomScenario) {
    self.scenario = scenario
    let folder = Self.folder
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    file = folder.appending(path: "scenario-\(scenario.seed).txt")
    try? Data("RandomScenario(seed: \(scenario.seed)) has not ended\n".utf8).write(to: file)
  }

  /// Writes the scenario and how the engines differ; returns what to tell.
  func keep(_ differences: [String], smallest: RandomScenario?) -> String {
    let first = differences.prefix(40).joined(separator: "\n")
    var text = "\(scenario)\n\n\(differences.count) differences:\n\(first)\n"
    if let smallest, let run = try? smallest.run(), let reference = try? smallest.reference() {
      let found = TestSupport.differences(between: run, and: reference)
      text += "\nStill differs with these queries alone:\n\(smallest)\n\n"
      text += found.prefix(40).joined(separator: "\n") + "\n"
    }
    try? Data(text.utf8).write(to: file)
    let lines = differences.prefix(4).joined(separator: "\n  ")
    return "RandomScenario(seed: \(scenario.seed)), see \(file.path)\n  \(lines)"
  }

  /// Removes the note of a scenario that did not fail.
  func close() {
    if let text = try? String(contentsOf: file, encoding: .utf8),
      text.hasSuffix("has not ended\n")
    {
      try? FileManager.default.removeItem(at: file)
    }
  }
}
