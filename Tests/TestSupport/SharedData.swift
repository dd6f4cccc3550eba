public import Foundation

/// The folder of real traces and measurements that some tests judge the program by.
///
/// It is not part of the project: tests that need it are `.enabled(if: SharedData.isPresent)` and
/// skip, saying so, where it is absent.
public enum SharedData {
  public static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let folder = packageRoot.deletingLastPathComponent().appending(path: "shared/data")

  public static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

  /// The file or folder at `path` below the data folder.
  public static func url(_ path: String) -> URL { folder.appending(path: path) }
}
