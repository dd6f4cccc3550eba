internal import Foundation
internal import Quantities
public import Workloads

/// A trace as the user names it, its format known or found out.
public struct TraceInput {
  /// A file, a folder, or `-` for standard input.
  public let path: String
  public let format: TraceFormat
  /// Whether the format was found by looking at the content.
  public let isDetected: Bool
  private let specification: TraceSpecification
  /// What is left of standard input, with what was looked at put back in front.
  private let standardInput: PrefixedBytes?

  /// Finds the format where none is named. Throws an `InputError` where the trace cannot be read,
  /// or its format is none that is known.
  public init(_ specification: TraceSpecification) throws {
    self.specification = specification
    path = specification.path
    if let problem = Self.problem(at: path, format: specification.format) { throw problem }
    isDetected = specification.format == nil && specification.columns == nil
    if let format = specification.format ?? (specification.columns == nil ? nil : .mapped) {
      self.format = format
      standardInput = nil
    } else if Self.isFolder(path) {
      format = try TraceDetection.formatOfFolder(path)
      standardInput = nil
    } else {
      var source = try FileByteSource(path: path)
      let start = try TraceDetection.start(of: &source)
      format = try TraceDetection.format(of: start, path: path)
      let isStream = path == FileByteSource.standardInput
      standardInput = isStream ? PrefixedBytes(start: start[...], rest: source) : nil
    }
  }

  /// A fresh stream of the trace's queries under the specification's rules; errors name file and
  /// line.
  ///
  /// Rows that name a task name one of `taskNames`; others are dealt to the tasks of `mix`, where
  /// there is one. Missing outputs and arrivals are for describing a trace, not for running it.
  /// Standard input gives one stream only.
  public func makeSource(
    seed: UInt64, taskNames: [String] = [], mix: TaskMix? = nil, allowsMissingOutput: Bool = false,
    allowsMissingArrivals: Bool = false
  ) throws -> any QuerySource {
    do {
      let reader = try makeReader(seed: seed, taskNames: taskNames)
      let source = TraceSource(
        reader, rules: specification.rules, seed: seed, mix: mix,
        allowsMissingOutput: allowsMissingOutput, allowsMissingArrivals: allowsMissingArrivals)
      return NamedTraceSource(source, path: path)
    } catch let error as TraceError {
      throw InputError(error, path: path)
    }
  }

  private func makeReader(seed: UInt64, taskNames: [String]) throws -> any TraceReader {
    func rows(_ columns: TraceColumns, taskNames: [String] = []) throws -> CSVTraceReader {
      var columns = columns
      columns.features = specification.features
      return CSVTraceReader(try open(), columns: columns, taskNames: taskNames)
    }
    return switch format {
    case .csv: try rows(.own, taskNames: taskNames)
    case .azure2023, .azure2024: try rows(.azure)
    case .burstGPT: try rows(.burstGPT)
    case .mapped: try rows(specification.columns ?? .own, taskNames: taskNames)
    case .mooncake: MooncakeTraceReader(try open())
    case .agentic: AgenticTraceReader(try TraceFolder.sessions(at: path))
    case .servegen:
      try ServeGenReader(
        try TraceFolder.clients(at: path), rateScale: specification.rateScale,
        from: specification.rules.from, seed: seed)
    }
  }

  private func open() throws -> any ByteSource {
    if let standardInput { return standardInput }
    return try FileByteSource(path: path)
  }

  /// Why the trace at `path` cannot be read; nil if it can.
  static func problem(at path: String, format: TraceFormat?) -> InputError? {
    guard path != FileByteSource.standardInput else { return nil }
    let takesFolder = format == nil || format == .agentic || format == .servegen
    guard !(takesFolder && isFolder(path)) else { return nil }
    return InputFile.problem(at: path)
  }

  public static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }
}

/// A stream of bytes of which the first have been looked at.
private struct PrefixedBytes: ByteSource {
  var start: ArraySlice<UInt8>
  var rest: FileByteSource

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard !start.isEmpty else { return try rest.read(into: buffer) }
    let piece = start.prefix(buffer.count)
    buffer.copyBytes(from: piece)
    start = start.dropFirst(piece.count)
    return piece.count
  }
}
