internal import Foundation

extension SHA256 {
  private static let chunk = 1 << 18

  /// The digest of a file's bytes, read piece by piece, in lower-case hexadecimal.
  public static func hexadecimal(ofFileAt path: String) throws -> String {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw InputFile.unreadable(path)
    }
    defer { try? handle.close() }
    var digest = SHA256()
    while let data = try handle.read(upToCount: chunk), !data.isEmpty {
      digest.update([UInt8](data))
    }
    return digest.hexadecimal()
  }
}
