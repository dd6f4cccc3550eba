internal import Foundation
internal import Scenarios

/// All logs below a folder, each told by its content; files of one folder belong together.
struct LogFolder: Sendable {
  /// What is read of a file, for the fit's record.
  struct Source: Hashable, Sendable {
    var path: String
    var sha256: String
    var kind: String
  }

  private(set) var runs: [BenchmarkRun] = []
  private(set) var power: [PowerLog] = []
  private(set) var metrics: [MetricLog] = []
  private(set) var kernels: [KernelRow] = []
  /// In order of their paths.
  private(set) var sources: [Source] = []
  /// Files that hold nothing of use, with the reason.
  private(set) var ignored: [String] = []

  private static let quiet = ["yaml", "yml", "md", "html", "svg", "log"]

  /// Reads every file below `folder`, in order of their paths.
  init(_ folder: URL) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else {
      throw InputError(
        file: folder.relativePath, problem: exists ? "this is a file" : "no such folder",
        expectation: "a folder of logs")
    }
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    for path in paths where !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
      let url = folder.appending(path: path)
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      if exists, !isFolder.boolValue { try take(url, path) }
    }
  }

  /// The folder of a file, by which files belong together.
  static func folder(of file: String) -> Substring {
    file.lastIndex(of: "/").map { file[..<$0] } ?? ""
  }

  private mutating func take(_ url: URL, _ path: String) throws {
    let plain = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let kind: String?
    switch (plain as NSString).pathExtension.lowercased() {
    case "json": kind = try takeJSON(url, path)
    case "jsonl", "ndjson": kind = try takeLines(url, path)
    case "csv": kind = try takeCSV(url, path)
    case "prom", "txt", "metrics": kind = try takeText(url, path)
    case let other where Self.quiet.contains(other): return
    default: kind = nil
    }
    guard let kind else {
      ignored.append("\(path): none of the formats that can be read")
      return
    }
    sources.append(
      Source(path: path, sha256: try SHA256.hexadecimal(ofFileAt: url.path), kind: kind))
  }

  // MARK: One file

  /// One value, or one to a line (as `--append-result` writes it).
  private mutating func takeJSON(_ url: URL, _ path: String) throws -> String? {
    let bytes = try LogLines.contents(of: url)
    let firstLine = bytes.prefix { $0 != 10 }
    if firstLine.count < bytes.count - 1, firstLine.first == UInt8(ascii: "{"),
      (try? LogJSON.parse(firstLine, file: path)) != nil
    {
      return try takeLines(url, path)
    }
    return try take(LogJSON.parse(bytes[...], file: path), LogPlace(file: path))
  }

  private mutating func takeLines(_ url: URL, _ path: String) throws -> String? {
    var kind: String?
    try LogLines.forEach(in: url, file: path) { number, line in
      guard !LogNumber.trim(line).isEmpty else { return true }
      let json = try LogJSON.parse(line, file: path, line: number)
      kind = try take(json, LogPlace(file: path, line: number)) ?? kind
      return true
    }
    return kind
  }

  private mutating func take(_ json: LogJSON, _ place: LogPlace) throws -> String? {
    if let elements = json.elements, !elements.isEmpty, elements.allSatisfy(\.isObject) {
      var kind: String?
      for element in elements { kind = try take(element, place) ?? kind }
      return kind
    }
    if BenchmarkJSONReader.recognises(json) {
      runs.append(try BenchmarkJSONReader(place: place, json: json).run())
      return "benchmark"
    }
    if MLEnergyReader.recognises(json) {
      runs += try MLEnergyReader(place: place, json: json).runs()
      return "ML.ENERGY"
    }
    guard PrometheusJSONReader.recognises(json) else { return nil }
    if metrics.last?.place != place { metrics.append(MetricLog(place: place)) }
    try PrometheusJSONReader(place: place, json: json).read(into: &metrics[metrics.count - 1])
    return "metrics"
  }

  private mutating func takeCSV(_ url: URL, _ path: String) throws -> String? {
    var header: LogCSV?
    try LogLines.forEach(in: url, file: path) { _, line in
      header = LogCSV(header: line, file: path)
      return false
    }
    guard let header else {
      throw LogPlace(file: path).error("the file is empty", expected: "a header and rows")
    }
    if NvidiaSMIReader(header) != nil {
      power.append(try NvidiaSMIReader.read(url, file: path))
      return "power"
    }
    if let reader = KernelTableReader(header) {
      try LogCSV.forEachRow(of: url, file: path) { _, row in
        if let kernel = try reader.kernel(row) { kernels.append(kernel) }
      }
      return "kernels"
    }
    guard let reader = ServingTableReader(header) else { return nil }
    let unread = try reader.unreadColumns()
    if !unread.isEmpty {
      ignored.append("\(path): columns not used: \(unread.joined(separator: ", "))")
    }
    try LogCSV.forEachRow(of: url, file: path) { _, row in runs.append(try reader.run(row)) }
    return "table"
  }

  private mutating func takeText(_ url: URL, _ path: String) throws -> String? {
    let log = try PrometheusTextReader.read(url, file: path)
    guard !log.series.isEmpty else { return nil }
    metrics.append(log)
    return "metrics"
  }
}
