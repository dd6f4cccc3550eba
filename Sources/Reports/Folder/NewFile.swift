public import Foundation

/// A file that is written whole or not at all, and takes no other's place.
public enum NewFile {
  /// Why no such file can be made at `url`; nil if it can.
  public static func problem(at url: URL) -> String? {
    let files = FileManager.default
    if files.fileExists(atPath: url.path) { return "it exists already; name another, or remove it" }
    let parent = url.deletingLastPathComponent()
    guard files.fileExists(atPath: parent.path) else { return "no such folder" }
    return files.isWritableFile(atPath: parent.path) ? nil : "permission denied"
  }

  /// Creates the file at `url` once `body` has written all of it.
  public static func write(to url: URL, _ body: (FileHandle) throws -> Void) throws {
    let staging = try StagingFolder(beside: url)
    defer { staging.remove() }
    let unfinished = staging.url.appending(path: url.lastPathComponent)
    try Data().write(to: unfinished)
    let handle = try FileHandle(forWritingTo: unfinished)
    try body(handle)
    try handle.close()
    try FileManager.default.moveItem(at: unfinished, to: url)
  }
}
