public import Foundation
internal import Scenarios

/// What a batch system's tasks share with the process that submitted them: a folder of small
/// files beside the results. Every file is written whole or not at all, and nobody writes one that
/// another writes, so a shared file system is all that is needed.
public struct SweepWorkFolder: Sendable {
  public let url: URL

  public init(path: String) { url = URL(filePath: path).standardizedFileURL }

  /// Beside the results.
  init(of store: SweepStore) { self.init(path: store.path + ".work") }

  private var identityFile: URL { url.appending(path: "sweep.json") }
  var results: URL { url.appending(path: "results") }
  var logs: URL { url.appending(path: "logs") }
  /// Holds the job that is in progress, so that a collector that was stopped finds it again.
  var jobFile: URL { url.appending(path: "job") }

  func create(for identity: SweepIdentity) throws {
    for folder in [url, results, logs] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try JSONEncoder().encode(identity).write(to: identityFile, options: .atomic)
  }

  public func identity() throws -> SweepIdentity {
    guard let data = try? Data(contentsOf: identityFile) else {
      throw InputError(
        file: url.path, problem: "the folder holds no work of a sweep",
        expectation: "one that sweep --on slurm has made")
    }
    return try JSONDecoder().decode(SweepIdentity.self, from: data)
  }

  /// The positions of the units of a task, in the order of the whole sweep.
  func writeTasks(_ tasks: [[Int]], attempt: String) throws {
    let text = tasks.map { $0.map(String.init).joined(separator: " ") }.joined(separator: "\n")
    try Data(text.utf8).write(to: url.appending(path: "tasks-\(attempt)"), options: .atomic)
  }

  /// The units of a task of an attempt that have no result yet.
  public func units(attempt: String, task: Int) throws -> [SweepUnit] {
    let text = try InputFile.text(at: url.appending(path: "tasks-\(attempt)").path)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(task) else {
      throw InputError(
        problem: "there is no task \(task)", expectation: "0 to \(lines.count - 1)")
    }
    let all = try identity().design().units()
    return lines[task].split(separator: " ").compactMap { Int($0) }.map { all[$0] }
      .filter { !FileManager.default.fileExists(atPath: file(of: $0).path) }
  }

  private func file(of unit: SweepUnit) -> URL {
    results.appending(path: "\(unit.point.index)-\(unit.replication).json")
  }

  public func write(_ outcome: SweepOutcome, of unit: SweepUnit) throws {
    try JSONEncoder().encode(outcome).write(to: file(of: unit), options: .atomic)
  }

  /// Results that are there; each is taken away once `body` has kept it.
  func collect(_ body: (SweepOutcome) throws -> Void) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: results.path)) ?? []
    for name in names.sorted() where name.hasSuffix(".json") {
      let file = results.appending(path: name)
      guard let data = try? Data(contentsOf: file),
        let outcome = try? JSONDecoder().decode(SweepOutcome.self, from: data)
      else { continue }
      try body(outcome)
      try? FileManager.default.removeItem(at: file)
    }
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}

extension SweepDesign {
  /// Every unit in order: points, and within them replications.
  func units() throws -> [SweepUnit] {
    try points().flatMap { point in
      (0..<replications).map {
        SweepUnit(point: point, replication: $0, seed: seed(ofReplication: $0))
      }
    }
  }
}
