internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The hidden folder in which results are made.
struct StagingFolder: Sendable {
  let url: URL
  /// The topmost folder that had to be created to hold it; nil if its parent was there.
  private let createdAncestor: URL?

  /// What would be left behind if the process ended now. Whoever moves or removes a folder holds
  /// the lock, so an interruption falls before or after, never between.
  private static let unfinished = Mutex<[StagingFolder]>([])

  /// Creates the folder, and missing parents of `destination`; removes what a killed run has left
  /// there.
  init(beside destination: URL) throws {
    let parent = destination.deletingLastPathComponent()
    createdAncestor = Self.topmostMissing(parent)
    let prefix = ".\(destination.lastPathComponent).unfinished-\(Self.host)-"
    Self.removeStale(in: parent, prefix: prefix)
    url = parent.appending(path: "\(prefix)\(ProcessInfo.processInfo.processIdentifier)")
    let folder = self
    try Self.unfinished.withLock { open in
      open.append(folder)
      try FileManager.default.createDirectory(
        at: folder.url, withIntermediateDirectories: true)
    }
  }

  /// Takes the place of `destination`; what stood there is removed.
  func move(to destination: URL) throws {
    try Self.unfinished.withLock { open in
      let files = FileManager.default
      let old = url.appendingPathExtension("replaced")
      let replaces = files.fileExists(atPath: destination.path)
      if replaces { try files.moveItem(at: destination, to: old) }
      do {
        try files.moveItem(at: url, to: destination)
      } catch {
        if replaces { try files.moveItem(at: old, to: destination) }
        throw error
      }
      open.removeAll { $0.url == url }
      if replaces { try files.removeItem(at: old) }
    }
  }

  func remove() {
    Self.unfinished.withLock { open in
      open.removeAll { $0.url == url }
      delete()
    }
  }

  /// Removes every unfinished folder and calls `finally` before anything else can be begun.
  static func removeAll(finally: () -> Void) {
    unfinished.withLock { open in
      for folder in open { folder.delete() }
      open.removeAll()
      finally()
    }
  }

  /// A run on another thread may still be creating files, so one attempt may not be enough.
  private func delete() {
    for _ in 0..<10 where FileManager.default.fileExists(atPath: url.path) {
      try? FileManager.default.removeItem(at: url)
    }
    removeCreatedAncestors()
  }

  /// Removes the parents that were created for this folder, as far as they are empty.
  private func removeCreatedAncestors() {
    guard let createdAncestor else { return }
    var parent = url.deletingLastPathComponent()
    while parent.path.hasPrefix(createdAncestor.path),
      let contents = try? FileManager.default.contentsOfDirectory(atPath: parent.path),
      contents.isEmpty, (try? FileManager.default.removeItem(at: parent)) != nil
    { parent = parent.deletingLastPathComponent() }
  }

  /// Processes have numbers of their own on every host that may share the folder.
  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "host" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  /// Removes unfinished folders for the same destination whose processes are no more.
  private static func removeStale(in parent: URL, prefix: String) {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: parent.path)) ?? []
    where name.hasPrefix(prefix) {
      guard let process = Int32(name.dropFirst(prefix.count)), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      try? files.removeItem(at: parent.appending(path: name))
    }
  }

  private static func topmostMissing(_ folder: URL) -> URL? {
    var missing: URL?
    var current = folder
    while !FileManager.default.fileExists(atPath: current.path), current.path != "/" {
      missing = current
      current = current.deletingLastPathComponent()
    }
    return missing
  }
}
