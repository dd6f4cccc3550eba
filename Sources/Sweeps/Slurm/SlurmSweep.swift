internal import Foundation
internal import Scenarios

/// A sweep whose units an existing Slurm simulates, as tasks of job arrays.
public struct SlurmSweep: Sendable {
  public struct Settings: Sendable {
    /// The program and its first words, as a task starts it.
    public var worker: [String]
    /// Options of sbatch, as `--partition=short`.
    public var options: [String]
    /// Tasks of one job array, at most.
    public var mostTasks: Int
    /// How often what failed is submitted again.
    public var retries: Int

    public init(worker: [String], options: [String], mostTasks: Int, retries: Int) {
      self.worker = worker
      self.options = options
      self.mostTasks = mostTasks
      self.retries = retries
    }
  }

  let store: SweepStore
  let settings: Settings
  private let folder: SweepWorkFolder

  public init(_ store: SweepStore, settings: Settings) {
    self.store = store
    self.settings = settings
    folder = SweepWorkFolder(of: store)
  }

  /// Whether there is a Slurm to submit to.
  public static var isPresent: Bool {
    ShellCommand.exists("sbatch") && ShellCommand.exists("squeue")
  }

  /// Throws where there is none.
  public static func check() throws {
    guard !isPresent else { return }
    throw InputError(
      file: "--on slurm", problem: "there is no sbatch in the search path",
      expectation: "a machine from which jobs can be submitted")
  }

  /// Submits what is pending, collects results as they come, and submits again what failed.
  ///
  /// Stopped at any moment, the next call finds the job again.
  public func run(progress: (SweepRunner.Progress) -> Void) async throws {
    try Self.check()
    try folder.create(for: store.identity)
    let total = try store.pendingUnits().count
    var attempts = 0
    while true {
      try collect(total, progress)
      if let job = try? String(contentsOf: folder.jobFile, encoding: .utf8) {
        try await wait(for: job, total, progress)
        try? FileManager.default.removeItem(at: folder.jobFile)
      }
      let pending = try store.pendingUnits()
      guard !pending.isEmpty else { return folder.remove() }
      guard attempts <= settings.retries else { throw failure(pending.count) }
      try submit(pending, attempt: attempts)
      attempts += 1
    }
  }

  private func failure(_ count: Int) -> InputError {
    InputError(
      file: folder.url.path,
      problem: "\(count) runs failed in \(settings.retries + 1) attempts",
      expectation: "the reason in its logs/; the same command tries again")
  }

  private func collect(_ total: Int, _ progress: (SweepRunner.Progress) -> Void) throws {
    try folder.collect { try store.record($0) }
    let left = try store.pendingUnits().count
    progress(SweepRunner.Progress(done: total - left, total: total, impossible: 0))
  }

  private func submit(_ pending: [SweepUnit], attempt: Int) throws {
    let all = try store.identity.design().units()
    let positions = Dictionary(
      uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset) })
    let count = min(pending.count, settings.mostTasks)
    // Neighbouring units differ little in what they take, so they are dealt out like cards.
    var tasks = [[Int]](repeating: [], count: count)
    for (index, unit) in pending.enumerated() {
      if let position = positions[unit] { tasks[index % count].append(position) }
    }
    let name = "\(ProcessInfo.processInfo.processIdentifier)-\(attempt)"
    try folder.writeTasks(tasks, attempt: name)
    let command = settings.worker + [folder.url.path, "--attempt", name, "--task"]
    let words = command.map(Self.quoted).joined(separator: " ")
    let script = "#!/bin/sh\nexec \(words) \"$SLURM_ARRAY_TASK_ID\"\n"
    let file = folder.url.appending(path: "job-\(name).sh")
    try Data(script.utf8).write(to: file, options: .atomic)
    let outcome = try ShellCommand.run(
      [
        "sbatch", "--parsable", "--job-name=joulefleet", "--array=0-\(count - 1)",
        "--output=\(folder.logs.path)/%A_%a.txt",
      ] + settings.options + [file.path])
    guard outcome.code == 0,
      let job = outcome.output.split(whereSeparator: { ";\n".contains($0) }).first
    else {
      throw InputError(
        file: "--on slurm", problem: "sbatch refused: \(Self.line(outcome.errors))",
        expectation: "options that this cluster takes, by --slurm-option")
    }
    try Data(job.utf8).write(to: folder.jobFile, options: .atomic)
  }

  /// Returns when no task of the job is left in the queue.
  private func wait(
    for job: String, _ total: Int, _ progress: (SweepRunner.Progress) -> Void
  ) async throws {
    while true {
      let queue = try ShellCommand.run(["squeue", "--noheader", "--jobs=\(job)", "--format=%i"])
      // An unknown job is one that ended long ago; any other failure is the controller's.
      let isOver =
        queue.code == 0
        ? queue.output.allSatisfy(\.isWhitespace) : queue.errors.contains("Invalid job id")
      try collect(total, progress)
      if isOver { return }
      try await Task.sleep(for: Self.pollInterval)
    }
  }

  private static let pollInterval = Duration.seconds(1)

  /// One word of a shell.
  private static func quoted(_ word: String) -> String {
    "'" + word.replacing("'", with: "'\\''") + "'"
  }

  private static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
