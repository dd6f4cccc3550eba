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
  var compares: Bool

  func execute() async throws {
    InterruptGuard.install()
    if let folder { try OutputFolder.check(folder) }
    if let file = output.jsonFile { try file.check() }
    if let file = output.traceViewer { try ResultFile(path: file).check() }
    let progress: any ProgressDisplay =
      output.watch
      ? WatchTable(names: runs.map(\.policyName))
      : ProgressLine(expected: runs.map(\.expectedRequests))
    defer { progress.clear() }
    let study: StudyResult
    if let folder {
      study = try await write(to: folder, progress)
    } else {
      study = try await simulate(into: nil, progress)
    }
    progress.clear()
    if let file = output.traceViewer {
      let data = try await TraceViewerFile.data(of: runs, threadLimit: output.threads)
      try ResultFile(path: file).write(data)
    }
    try tell(study)
  }

  private func write(to folder: URL, _ progress: any ProgressDisplay) async throws -> StudyResult {
    do {
      return try await OutputFolder.write(to: folder) { staging in
        try await simulate(into: staging, progress)
      }
    } catch let error as CocoaError {
      throw WriteError(path: folder.relativePath, error)
    }
  }

  private func simulate(into folder: URL?, _ progress: any ProgressDisplay) async throws
    -> StudyResult
  {
    let executor = RunExecutor(threadLimit: output.threads)
    guard let folder else {
      let results = try await executor.execute(runs) { progress.update($0) }
      return StudyResult(context: context, runs: results)
    }
    let tables = RunTables(folder: folder, runs: runs, taskNames: context.taskNames)
    let results = try await executor.execute(
      runs, progress: { progress.update($0) }, makeRecorder: { try tables.recorder(for: $0) })
    try tables.assemble()
    let study = StudyResult(context: context, runs: results)
    try ResultFiles.write(study, comparison: comparison(of: study), to: folder)
    return study
  }

  private func comparison(of study: StudyResult) -> PolicyComparison? {
    compares ? PolicyComparison(study) : nil
  }

  /// Standard output holds the summary, or nothing but JSON where that goes there.
  private func tell(_ study: StudyResult) throws {
    let comparison = comparison(of: study)
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
