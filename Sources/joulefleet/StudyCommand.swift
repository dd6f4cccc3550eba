import ArgumentParser
import Foundation
import Reports
import Scenarios
import Studies

/// What `run` and `compare` have in common: simulate, write, tell.
struct StudyCommand {
  var runs: [PreparedRun]
  var context: StudyContext
  var output: OutputArguments
  var folder: URL?
  /// What else a comparison runs; nil where nothing is compared.
  var rounds: ComparisonRounds?

  private typealias Outcome = (study: StudyResult, comparison: PolicyComparison?)

  func execute() async throws {
    InterruptGuard.install()
    if let folder { try OutputFolder.check(folder) }
    if let file = output.jsonFile { try file.check() }
    if let file = output.traceViewer { try ResultFile(path: file).check() }
    let all = runs + (rounds?.runs ?? [])
    let progress: any ProgressDisplay =
      output.watch
      ? WatchTable(names: all.map(\.policyName))
      : ProgressLine(expected: all.map(\.expectedRequests))
    defer { progress.clear() }
    let outcome: Outcome
    if let folder {
      outcome = try await write(to: folder, progress)
    } else {
      outcome = try await simulate(into: nil, progress)
    }
    progress.clear()
    tellSpeeds()
    if let file = output.traceViewer {
      let data = try await TraceViewerFile.data(of: runs, threadLimit: output.threads)
      try ResultFile(path: file).write(data)
    }
    try tell(outcome)
    guard outcome.study.hasFigures else { throw ExitCode(ExitReport.noAnswer) }
  }

  /// How fast processes decided goes beside the results, which do not depend on it.
  private func tellSpeeds() {
    for run in runs {
      guard let speed = run.processSpeed, speed.decisions > 0 else { continue }
      let rate = Int(speed.decisionsPerSecond.rounded())
      let line =
        "\(run.policyName): \(speed.decisions) decisions by its process, \(rate) a second\n"
      FileHandle.standardError.write(Data(line.utf8))
    }
  }

  private func write(
    to folder: URL, _ progress: any ProgressDisplay
  ) async throws -> Outcome {
    do {
      return try await OutputFolder.write(to: folder) { staging in
        try await simulate(into: staging, progress)
      }
    } catch let error as CocoaError {
      throw WriteError(path: folder.relativePath, error)
    }
  }

  private func simulate(
    into folder: URL?, _ progress: any ProgressDisplay
  ) async throws -> Outcome {
    let executor = RunExecutor(threadLimit: output.threads)
    let detail: RunDetail = rounds == nil ? .poolLoads : [.poolLoads, .comparison]
    guard let folder else {
      let results = try await executor.execute(runs, keeping: detail) { progress.update($0) }
      return try await compare(StudyResult(context: context, runs: results), executor, progress)
    }
    let tables = RunTables(folder: folder, runs: runs, taskNames: context.taskNames)
    let results = try await executor.execute(
      runs, keeping: detail, progress: { progress.update($0) },
      makeRecorder: { try tables.recorder(for: $0) })
    try tables.assemble()
    let outcome = try await compare(
      StudyResult(context: context, runs: results), executor, progress)
    try ResultFiles.write(outcome.study, comparison: outcome.comparison, to: folder)
    return outcome
  }

  private func compare(
    _ study: StudyResult, _ executor: RunExecutor, _ progress: any ProgressDisplay
  ) async throws -> Outcome {
    guard let rounds else { return (study, nil) }
    let samples = try await rounds.execute(beside: study, on: executor) { progress.update($0) }
    return (study, PolicyComparison(study.context, samples))
  }

  /// Standard output holds the summary, or nothing but JSON where that goes there.
  private func tell(_ outcome: Outcome) throws {
    let (study, comparison) = outcome
    if output.json != nil {
      let summary = StudySummary(study, comparison: comparison, withTiming: !output.noTiming)
      let data = try summary.encoded()
      guard let file = output.jsonFile else { return try StandardOutput.write(data) }
      try file.write(data)
    }
    var text = TerminalSummary(study, comparison: comparison).text + "\n"
    if let folder {
      text += "\nResults: \(folder.relativePath)/report.html, summary.json and tables\n"
    }
    try StandardOutput.write(text)
  }
}
