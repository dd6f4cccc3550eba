internal import DeviceModels
internal import Foundation

/// Finds the model that somebody names: by its name here, its publisher's (a Hugging Face id), or
/// the path of a `config.json`.
struct ModelFinder {
  static let forms =
    "a model of joulefleet list models, its Hugging Face id, or the path of a config.json"

  let devices: DeviceCatalog
  /// From which relative paths count.
  let folder: String

  func sheet(_ value: YAMLValue) throws -> ModelSheet {
    let written = try value.string()
    guard written.hasSuffix(".json") else {
      if let sheet = devices.modelIfKnown(written) { return sheet }
      throw value.isNot(Self.forms, suggestion: devices.nearestModelName(to: written))
    }
    let path = InputFile.resolve(written, from: folder)
    if let problem = InputFile.problem(at: path) {
      throw value.error(
        "\(path): \(problem.problem)", expected: problem.expectation,
        suggestion: problem.suggestion)
    }
    return try sheet(configAt: path, value)
  }

  /// A folder named as a checkpoint in the catalog, of the same shape, is that model.
  private func sheet(configAt path: String, _ value: YAMLValue) throws -> ModelSheet {
    let checkpoint = Self.checkpointName(path)
    var sheet = try ModelConfig.sheet(path: path, name: Self.plainName(checkpoint))
    guard let known = devices.modelOfCheckpoint(checkpoint) else { return sheet }
    guard sheet.hasShape(of: known) else {
      throw value.error(
        "the shape in \(path) is not that of \(known.name), whose name it has",
        expected: "a folder of another name")
    }
    sheet.name = known.name
    sheet.title = known.title
    return sheet
  }

  /// The folder of a `config.json`, or its own name where it has another; in Hugging Face's cache
  /// (`models--Qwen--Qwen3-8B/snapshots/…`) the last part of the id.
  static func checkpointName(_ path: String) -> String {
    let url = URL(filePath: path).standardizedFileURL
    if let cached = url.pathComponents.last(where: { $0.hasPrefix("models--") }),
      let name = cached.components(separatedBy: "--").last, !name.isEmpty
    {
      return name
    }
    let own = url.deletingPathExtension().lastPathComponent
    return own == "config" ? url.deletingLastPathComponent().lastPathComponent : own
  }

  /// As names in files are: lower case, with hyphens for what they cannot hold.
  static func plainName(_ text: String) -> String {
    let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    let plain = String(text.lowercased().map { allowed.contains($0) ? $0 : "-" })
    let name = plain.drop { $0 == "-" }
    return name.isEmpty ? "model" : String(name)
  }
}

extension DeviceCatalog {
  /// The nearest of all names that models go by; their names here first.
  func nearestModelName(to written: String) -> String? {
    NearestName.to(written, among: modelNames)
      ?? NearestName.to(
        written, among: models.flatMap(\.allNames))
  }

  /// The model that a checkpoint's folder is named after, whatever the organisation.
  func modelOfCheckpoint(_ folder: String) -> ModelSheet? {
    let word = folder.lowercased()
    return models.first { model in
      model.allNames.contains { $0.split(separator: "/").last?.lowercased() == word }
    }
  }
}

extension ModelSheet {
  /// Whether both have the same layers, whatever their names, formats, context and small parts.
  func hasShape(of other: ModelSheet) -> Bool {
    var copy = self
    copy.name = other.name
    copy.title = other.title
    copy.aliases = other.aliases
    copy.fp8Aliases = other.fp8Aliases
    copy.weightFormat = other.weightFormat
    copy.sampler = other.sampler
    copy.bytesPerCacheElement = other.bytesPerCacheElement
    copy.maxContextTokens = other.maxContextTokens
    copy.details = other.details
    return copy == other
  }
}
