import Foundation
import Scenarios

/// Files that a command would write over.
enum ExistingFiles {
  /// Throws for the first of `names` that is in `folder` already, unless that is wanted.
  static func refuse(_ names: [String], in folder: String, unless isForced: Bool) throws {
    guard !isForced else { return }
    for name in names {
      let path = URL(filePath: folder).appending(path: name).relativePath
      guard FileManager.default.fileExists(atPath: path) else { continue }
      throw InputError(
        file: path, problem: "it is there already",
        expectation: "another --output, or --force to write over it")
    }
  }
}
