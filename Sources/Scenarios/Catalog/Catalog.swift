public import AnswerModels
public import Foundation
internal import Policies

/// Everything that a scenario may name: devices, models and tasks of one calibration folder.
public struct Catalog: Sendable {
  public let folder: URL
  public let devices: DeviceCatalog
  /// In alphabetical order.
  public let tasks: [TaskSheet]
  /// Lower-case hexadecimal SHA-256 over the sheets and fits of the folder.
  public let sha256: String

  /// Reads the folder that `CalibrationFolder.find(path:)` finds.
  public static func load(path: String? = nil) throws -> Catalog {
    let folder = try CalibrationFolder.find(path: path)
    return Catalog(
      folder: folder, devices: try DeviceCatalog.load(from: folder),
      tasks: try tasks(in: folder.appending(path: "tasks")),
      sha256: try digest(of: folder))
  }

  /// How soon joint routers follow what they see: the sheet `router.yaml`, which nobody else
  /// needs.
  func routerMemory() throws -> RouterMemory {
    let path = folder.appending(path: "router.yaml").path
    guard FileManager.default.fileExists(atPath: path) else {
      throw InputError(
        file: path, problem: "joint routers and oracles need this sheet, which is not there",
        expectation: "the one of the program's own calibration folder, copied there")
    }
    return try RouterMemory(path: path)
  }

  private static func tasks(in folder: URL) throws -> [TaskSheet] {
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      throw InputError(
        file: folder.path, problem: "no such folder", expectation: "the task sheets")
    }
    return try files.filter { $0.hasSuffix(".yaml") }.sorted().map {
      try TaskFile.read(path: folder.appending(path: $0).path)
    }
  }

  /// One digest over the names and contents of all YAML files, in order of their paths: neither
  /// the file system's order nor the folder's place matters.
  ///
  /// The harness that collects measurements lies in `collect/` and takes no part in results.
  static func digest(of folder: URL) throws -> String {
    let paths = FileManager.default.subpaths(atPath: folder.path) ?? []
    let sheets = paths.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("collect/") }.sorted()
    var digest = SHA256()
    for path in sheets {
      let text = try InputFile.text(at: folder.appending(path: path).path)
      digest.update("\(path)\n\(SHA256.hexadecimal(of: text.utf8))\n".utf8)
    }
    return digest.hexadecimal()
  }
}

extension RouterMemory {
  /// The sheet `router.yaml` of the calibration.
  init(path: String) throws {
    self = try YAMLDocument.read(path: path) { yaml in
      func requests(_ key: String, _ bounds: Bounds) throws -> Double {
        try yaml[key].measured(unit: "request", bounds).value
      }
      let steadying = try requests("steadying", .between(1...1e9))
      return RouterMemory(
        requests: try requests("memory", .between(steadying...1e9)),
        priorRequests: try requests("prior", .nonNegative), steadyingRequests: steadying,
        firstWorth: try yaml["first_worth"].measured(unit: "right answers", .positive).value,
        mostBudgets: try yaml["most_budgets"].measured(unit: "budget", .positive).value)
    }
  }
}
