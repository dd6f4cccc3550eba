import Foundation
import Reports
import Scenarios
import Workloads

/// A trace that is to be written as our own CSV, whole or not at all.
struct TraceOutput {
  /// Bytes gathered before they are written.
  private static let pieceSize = 1 << 18

  let path: String

  private var url: URL { URL(filePath: path) }

  /// Throws where the file could not be made anyway.
  func check() throws {
    if let problem = NewFile.problem(at: url) { throw WriteError(path: path, reason: problem) }
  }

  /// Writes the queries of a source, turns of a session below each other, and says how many.
  ///
  /// A source that can be read twice is, first to see which columns are needed.
  func write(
    isReadOnce: Bool = false, taskNames: [String] = [], _ makeSource: () throws -> any QuerySource
  ) throws {
    InterruptGuard.install()
    var columns = TraceCSVWriter.Columns.all
    if !isReadOnce {
      columns = TraceCSVWriter.Columns()
      var source = try makeSource()
      try source.forEachTurn { columns.include($0, isFollowUp: $1 != nil) }
    }
    let writer = TraceCSVWriter(columns, taskNames: taskNames)
    var source = try makeSource()
    var count = 0
    do {
      try NewFile.write(to: url) { handle in
        var bytes = writer.header
        try source.forEachTurn { query, thinkTime in
          writer.append(query, thinkTime: thinkTime, to: &bytes)
          count += 1
          guard bytes.count >= Self.pieceSize else { return }
          try handle.write(contentsOf: bytes)
          bytes.removeAll(keepingCapacity: true)
        }
        try handle.write(contentsOf: bytes)
      }
    } catch let error as CocoaError {
      throw WriteError(path: path, error)
    }
    let changes = source.tally?.sentences ?? []
    try StandardOutput.write(
      (["\(path): \(count) requests"] + changes).joined(separator: "\n") + "\n")
  }
}
