internal import Foundation

/// Files that the user names.
public enum InputFile {
  /// The text of the file at `path`, which must be UTF-8.
  public static func text(at path: String) throws(InputError) -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw unreadable(path)
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw InputError(
        file: path, problem: "the file is not UTF-8 text", expectation: "text in UTF-8")
    }
    return text
  }

  /// `path` as it is if absolute, else from `folder`.
  static func resolve(_ path: String, from folder: String) -> String {
    guard !path.hasPrefix("/"), folder != ".", !folder.isEmpty else { return path }
    return folder + "/" + path
  }

  /// Why the file at `path` cannot be read; nil if it can.
  public static func problem(at path: String) -> InputError? {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    let isReadable =
      exists && !isDirectory.boolValue
      && FileManager.default.isReadableFile(atPath: path)
    return isReadable ? nil : unreadable(path)
  }

  /// Lines of a file that is small enough to be counted in no time (64 MiB), else nil.
  static func lineCount(at path: String) -> Int? {
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    guard let size, size <= 1 << 26, let data = try? Data(contentsOf: URL(filePath: path)),
      let last = data.last
    else { return nil }
    let lineFeed = UInt8(ascii: "\n")
    return data.count { $0 == lineFeed } + (last == lineFeed ? 0 : 1)
  }

  /// Why the file at `path` cannot be read, with the nearest name in its folder.
  static func unreadable(_ path: String) -> InputError {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
        return InputError(
          file: path, problem: "this is a link to \(target), which is not there",
          expectation: "a file that exists")
      }
      return InputError(
        file: path, problem: "no such file", expectation: "a file that exists",
        suggestion: neighbor(of: path))
    }
    return InputError(
      file: path,
      problem: isDirectory.boolValue ? "this is a folder" : "the file cannot be read",
      expectation: "a readable file")
  }

  /// The path of the file in the same folder whose name is nearest.
  private static func neighbor(of path: String) -> String? {
    let url = URL(filePath: path)
    let folder = url.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let nearest = NearestName.to(url.lastPathComponent, among: names.sorted())
    let prefix = path.dropLast(url.lastPathComponent.count)
    return nearest.map { prefix + $0 }
  }
}
