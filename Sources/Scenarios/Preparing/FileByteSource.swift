internal import Foundation
public import Workloads

/// The bytes of a file, read piece by piece.
public struct FileByteSource: ByteSource {
  private let handle: FileHandle

  /// Throws an `InputError` where the file cannot be read.
  public init(path: String) throws {
    if let problem = InputFile.problem(at: path) { throw problem }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw InputFile.unreadable(path)
    }
    self.handle = handle
  }

  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard let data = try handle.read(upToCount: buffer.count) else { return 0 }
    return data.copyBytes(to: buffer)
  }
}
