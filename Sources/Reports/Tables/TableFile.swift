internal import Foundation

/// A file of rows, written in large pieces.
struct TableFile {
  /// Bytes gathered before they are written.
  private static let pieceSize = 1 << 18

  var rows = RowBuffer(capacity: pieceSize + 4096)
  private let handle: FileHandle
  /// The first write that failed; nothing is written after it.
  private var failure: (any Error)?

  /// Creates the file, which begins with `header`.
  init(creating url: URL, header: [UInt8]) throws {
    try Data(header).write(to: url)
    handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
  }

  /// Writes the rows gathered so far if they are many.
  mutating func rowEnded() {
    if rows.count >= Self.pieceSize { flush() }
  }

  private mutating func flush() {
    defer { rows.removeAll() }
    guard failure == nil else { return }
    do {
      try handle.write(contentsOf: rows.buffer)
    } catch {
      failure = error
    }
  }

  /// Writes the rest and closes the file; throws the first failure of any write.
  mutating func finish() throws {
    flush()
    if let failure { throw failure }
    try handle.close()
  }
}
