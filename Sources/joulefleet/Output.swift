import Foundation

/// Something that could not be written.
struct WriteError: Error, CustomStringConvertible {
  let path: String
  let reason: String

  var description: String { "\(path) cannot be written: \(reason)" }

  init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// From an error of the file system, in its own words.
  init(path: String, _ error: any Error) {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let posix = underlying ?? (error as NSError)
    let reason =
      posix.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(posix.code))) : Self.words(for: error)
    self.init(path: path, reason: reason)
  }
}

extension WriteError {
  private static func words(for error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such folder, and none can be made"
    case .fileWriteNoPermission, .fileReadNoPermission: "permission denied"
    case .fileWriteOutOfSpace: "the disk is full"
    default: error.localizedDescription
    }
  }
}

/// Text and data for standard output, where a full disk or a broken pipe is an error and no crash.
enum StandardOutput {
  static func write(_ data: Data) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: data)
    } catch {
      throw WriteError(path: "standard output", error)
    }
  }

  static func write(_ text: String) throws { try write(Data(text.utf8)) }
}

/// A file of the user's that is to hold one result.
struct ResultFile {
  let path: String

  /// Throws where the file could not be written anyway, so that no simulation is lost for it.
  func check() throws {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    if files.fileExists(atPath: path, isDirectory: &isFolder) {
      guard !isFolder.boolValue else { throw WriteError(path: path, reason: "it is a folder") }
      guard files.isWritableFile(atPath: path) else {
        throw WriteError(path: path, reason: "permission denied")
      }
      return
    }
    let parent = URL(filePath: path).deletingLastPathComponent()
    guard files.fileExists(atPath: parent.path) else {
      throw WriteError(path: path, reason: "no such folder")
    }
    guard files.isWritableFile(atPath: parent.path) else {
      throw WriteError(path: path, reason: "permission denied")
    }
  }

  /// Replaces a regular file at once; writes into anything else (a device, a pipe) as it stands.
  func write(_ data: Data) throws {
    do {
      let target = URL(filePath: path).resolvingSymlinksInPath()
      if isRegularOrMissing(target) {
        try data.write(to: target, options: .atomic)
      } else {
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.write(contentsOf: data)
        try handle.close()
      }
    } catch {
      throw WriteError(path: path, error)
    }
  }

  private func isRegularOrMissing(_ url: URL) -> Bool {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path) else {
      return !path.hasPrefix("/dev/")
    }
    return attributes[.type] as? FileAttributeType == .typeRegular
  }
}
