internal import AnswerModels
internal import DeviceModels
internal import Foundation
internal import Yams

/// Where a number of a calibration file comes from.
public struct CalibrationSource: Hashable, Sendable {
  /// In the words of the file.
  public var text: String
  /// What it is the source of: `gpus/h100-sxm: peak_bf16, memory`.
  public var uses: [String]
}

/// The sources of all constants in the calibration files that a scenario uses; read when asked for.
public struct CalibrationSources: Sendable {
  let folder: URL
  let files: [URL]

  /// In alphabetical order, each once; a file that cannot be read has none.
  public func read() -> [CalibrationSource] {
    var texts: [String] = []
    var uses: [String: [String]] = [:]
    for file in files {
      guard let text = try? InputFile.text(at: file.path),
        let node = try? Yams.compose(yaml: text)
      else { continue }
      let name = String(file.path.dropFirst(folder.path.count + 1).dropLast(".yaml".count))
      var found: [(source: String, key: String)] = []
      Self.collect(node, key: "", &found)
      for (source, group) in Dictionary(grouping: found, by: \.source) {
        let keys = group.map(\.key).filter { !$0.isEmpty }.unique
        if uses[source] == nil { texts.append(source) }
        uses[source, default: []].append(
          keys.isEmpty ? name : "\(name): \(keys.joined(separator: ", "))")
      }
    }
    return texts.sorted().map { CalibrationSource(text: $0, uses: uses[$0] ?? []) }
  }

  /// Adds every `source` below a node, with the key of what it belongs to.
  private static func collect(
    _ node: Node, key: String, _ found: inout [(source: String, key: String)]
  ) {
    if let mapping = node.mapping {
      for (name, value) in mapping {
        let name = name.string ?? ""
        if name == "source", let text = value.string {
          found.append((text.split(whereSeparator: \.isWhitespace).joined(separator: " "), key))
        } else {
          collect(value, key: name, &found)
        }
      }
    } else if let sequence = node.sequence {
      for element in sequence { collect(element, key: key, &found) }
    }
  }
}

extension Scenario {
  /// Of the files of the catalog whose constants its runs use.
  func calibrationSources(of catalog: Catalog) -> CalibrationSources {
    let pools = pools + policies.flatMap { $0.pools ?? [] }
    var names: Set<String> = []
    for pool in pools {
      let gpu = pool.replica.gpu.name
      names.formUnion(["gpus/\(gpu).yaml", "gpus/\(gpu).fit.yaml", "models/\(pool.modelName).yaml"])
      let kernels = catalog.folder.appending(path: "kernels/\(gpu)").path
      let tables = (try? FileManager.default.contentsOfDirectory(atPath: kernels)) ?? []
      names.formUnion(tables.filter { $0.hasSuffix(".yaml") }.map { "kernels/\(gpu)/\($0)" })
    }
    for task in workload.tasks { names.insert("tasks/\(task.sheet.name).yaml") }
    if let node = surroundings.node { names.insert("nodes/\(node.name).yaml") }
    for facility in catalog.devices.facilities
    where facility.powerUsageEffectiveness == surroundings.powerUsageEffectiveness {
      names.insert("facilities/\(facility.name).yaml")
    }
    let files = names.sorted().map { catalog.folder.appending(path: $0) }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
    return CalibrationSources(folder: catalog.folder, files: files)
  }
}
