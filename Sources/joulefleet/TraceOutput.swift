import Foundation
import Reports
import Scenarios
import Workloads

/// A trace that is to be written as our own CSV: a file whole or not at all, or standard output.
struct TraceOutput {
  /// Bytes gathered before they are written.
  private static let pieceSize = 1 << 18

  let path: String

  private var url: URL { URL(filePath: path) }

  private var isStandardOutput: Bool { path == "-" }

  /// Throws where the file could not be made anyway.
  func check() throws {
    guard !isStandardOutput else { return }
    guard !path.isEmpty else { throw WriteError(path: "--to", reason: "the name is empty") }
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
    func writeAll(_ write: ([UInt8]) throws -> Void) throws {
      var bytes = writer.header
      try source.forEachTurn { query, thinkTime in
        writer.append(query, thinkTime: thinkTime, to: &bytes)
        count += 1
        guard bytes.count >= Self.pieceSize else { return }
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
      try write(bytes)
    }
    if isStandardOutput {
      try writeAll { try StandardOutput.write(Data($0)) }
    } else {
      do {
        try NewFile.write(to: url) { handle in
          try writeAll { try handle.write(contentsOf: $0) }
        }
      } catch let error as CocoaError {
        throw WriteError(path: path, error)
      }
    }
    let changes = source.tally?.sentences ?? []
    let text = (["\(path): \(count) requests"] + changes).joined(separator: "\n") + "\n"
    guard isStandardOutput else { return try StandardOutput.write(text) }
    FileHandle.standardError.write(Data(text.utf8))
  }
}
