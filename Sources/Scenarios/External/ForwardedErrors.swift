internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a process says on its standard error: handed on to ours, its end kept.
final class ForwardedErrors {
  private let pipe: Pipe
  private var end: [UInt8] = []
  private var piece = [UInt8](repeating: 0, count: 1 << 12)

  /// Enough for the last line of a traceback.
  private static let keptBytes = 1 << 12
  /// No more at once than a full pipe holds (64 KiB): who complains without end is not waited for.
  private static let mostPieces = 16
  /// Of the line, as many as an error quotes.
  private static let quotedCharacters = 200

  init(_ pipe: Pipe) {
    self.pipe = pipe
    let reader = pipe.fileHandleForReading.fileDescriptor
    _ = fcntl(reader, F_SETFL, fcntl(reader, F_GETFL) | O_NONBLOCK)
  }

  /// To be watched for what comes; -1, which `poll` passes over, when nothing more will.
  private(set) lazy var descriptor = pipe.fileHandleForReading.fileDescriptor

  /// Hands on what has come, and does not wait for more.
  func forward() {
    for _ in 0..<Self.mostPieces where descriptor >= 0 {
      let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { descriptor = -1 }
      guard count > 0 else { return }
      try? FileHandle.standardError.write(contentsOf: Data(piece[..<count]))
      end.append(contentsOf: piece[..<count])
      if end.count > 2 * Self.keptBytes { end.removeFirst(end.count - Self.keptBytes) }
    }
  }

  /// Nil where it has said nothing.
  var lastLine: String? {
    let lines = String(decoding: end, as: UTF8.self).split { $0.isNewline }
    let words = lines.last { !$0.allSatisfy(\.isWhitespace) }
    return words.map { String($0.prefix(Self.quotedCharacters)) }
  }
}
