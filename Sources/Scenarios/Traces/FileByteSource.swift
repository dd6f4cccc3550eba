internal import Foundation
public import Workloads

/// The bytes of a file, read piece by piece; those of a `.gz` file unpacked.
public struct FileByteSource: ByteSource {
  /// What stands for standard input in place of a path.
  public static let standardInput = "-"

  private enum Origin {
    case handle(FileHandle)
    case compressed(GzipLibrary.Stream)
  }

  private let path: String
  private let origin: Origin

  /// Throws an `InputError` where the file cannot be read.
  public init(path: String) throws {
    self.path = path
    guard path != Self.standardInput else {
      origin = .handle(.standardInput)
      return
    }
    if let problem = InputFile.problem(at: path) { throw problem }
    if path.hasSuffix(".gz") {
      origin = .compressed(try Self.compressed(path))
    } else if let handle = FileHandle(forReadingAtPath: path) {
      origin = .handle(handle)
    } else {
      throw InputFile.unreadable(path)
    }
  }

  private static func compressed(_ path: String) throws -> GzipLibrary.Stream {
    guard let library = GzipLibrary.system else {
      throw InputError(
        file: path, problem: "the file is compressed, and the system has no zlib (libz.so.1)",
        expectation: "an unpacked file: gunzip -c FILE.gz | joulefleet trace … -")
    }
    guard let stream = GzipLibrary.Stream(library, path: path) else {
      throw InputFile.unreadable(path)
    }
    return stream
  }

  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    switch origin {
    case .handle(let handle):
      guard let data = try handle.read(upToCount: buffer.count) else { return 0 }
      return data.copyBytes(to: buffer)
    case .compressed(let stream):
      guard let count = stream.read(into: buffer) else {
        throw InputError(
          file: path, problem: "the compressed file is broken or ends too early",
          expectation: "a whole gzip file")
      }
      return count
    }
  }
}
