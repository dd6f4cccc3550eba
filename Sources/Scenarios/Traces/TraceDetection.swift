internal import Foundation
internal import Workloads

/// Finds the format of a trace by what stands at its start.
enum TraceDetection {
  /// Bytes that are looked at: the header and a row of any format.
  private static let startLength = 1 << 16

  /// The first bytes, as many as are needed to know.
  static func start(of source: inout FileByteSource) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: startLength)
    var count = 0
    while count < startLength {
      let read = try bytes.withUnsafeMutableBytes {
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
      }
      if read == 0 { break }
      count += read
    }
    return Array(bytes[..<count])
  }

  static func format(of start: [UInt8], path: String) throws -> TraceFormat {
    let text = start.drop { [0xEF, 0xBB, 0xBF, 0x20, 0x0A, 0x0D, 0x09].contains($0) }
    guard let first = text.first else {
      throw InputError(
        file: path, line: 1, problem: "the file is empty", expectation: "a request trace")
    }
    if first == UInt8(ascii: "{") {
      let head = String(decoding: text, as: UTF8.self)
      let line = head.prefix { $0 != "\n" }
      if line.contains("\"input_length\"") { return .mooncake }
      if head.contains("\"block_size\"") || head.contains("\"requests\"") { return .agentic }
      throw unknown(path, "JSON of no known trace")
    }
    let lines = String(decoding: text, as: UTF8.self).split(maxSplits: 2) { $0.isNewline }
    let header = (lines.first ?? "").split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" ")) }
    if header.contains("prompt_tokens") { return .csv }
    if ["TIMESTAMP", "ContextTokens", "GeneratedTokens"].allSatisfy(header.contains) {
      let time = lines.dropFirst().first?.prefix { $0 != "," } ?? ""
      return time.dropFirst(19).contains { "+-Z".contains($0) } ? .azure2024 : .azure2023
    }
    if ["Timestamp", "Request tokens", "Response tokens"].allSatisfy(header.contains) {
      return .burstGPT
    }
    throw unknown(path, "the header is \"\((lines.first ?? "").prefix(100))\"")
  }

  static func formatOfFolder(_ path: String) throws -> TraceFormat {
    let names = try TraceFolder.names(at: path)
    if names.contains(where: { $0.hasPrefix("chunk-") && $0.hasSuffix("-trace.csv") }) {
      return .servegen
    }
    if names.contains(where: TraceFolder.isSession) { return .agentic }
    throw InputError(
      file: path, problem: "the folder holds no trace",
      expectation: "sessions (*.json, *.json.gz), or chunk-N-trace.csv and chunk-N-dataset.json")
  }

  private static func unknown(_ path: String, _ problem: String) -> InputError {
    let formats = TraceFormat.allCases.filter { $0 != .azure2024 && $0 != .mapped }
      .map { "\($0.rawValue) (\($0.summary))" }
    return InputError(
      file: path, line: 1, problem: "the format of the trace is not known: \(problem)",
      expectation: "\(formats.joined(separator: ", ")), or a map of the columns of a CSV: "
        + "arrival=COLUMN:UNIT,prompt=COLUMN,output=COLUMN")
  }
}

/// Traces that are folders.
enum TraceFolder {
  /// Names of the files in a folder, in order.
  static func names(at path: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw InputFile.unreadable(path)
    }
  }

  static func isSession(_ name: String) -> Bool {
    name.hasSuffix(".json") || name.hasSuffix(".json.gz")
  }

  /// The session at `path`, or those in the folder there, in order of their names.
  static func sessions(at path: String) throws -> [TraceFile] {
    guard TraceInput.isFolder(path) else { return [file(path)] }
    let sessions = try names(at: path).filter(isSession)
    guard !sessions.isEmpty else {
      throw InputError(
        file: path, problem: "the folder holds no session", expectation: "*.json or *.json.gz")
    }
    return sessions.map { file(path + "/" + $0) }
  }

  /// ServeGen's clients in a folder, in order of their numbers.
  static func clients(at path: String) throws -> [ServeGenFiles] {
    let names = try Set(names(at: path))
    let numbers = names.compactMap { name in
      name.hasPrefix("chunk-") && name.hasSuffix("-trace.csv")
        ? Int(name.dropFirst("chunk-".count).dropLast("-trace.csv".count)) : nil
    }
    guard !numbers.isEmpty else {
      throw InputError(
        file: path, problem: "the folder holds no client", expectation: "chunk-N-trace.csv")
    }
    return numbers.sorted().map { number in
      let lengths = "chunk-\(number)-dataset.json"
      return ServeGenFiles(
        arrivals: file("\(path)/chunk-\(number)-trace.csv"),
        lengths: names.contains(lengths) ? file("\(path)/\(lengths)") : nil)
    }
  }

  static func file(_ path: String) -> TraceFile {
    TraceFile(name: path) { try FileByteSource(path: path) }
  }
}
