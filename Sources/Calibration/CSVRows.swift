internal import Foundation
internal import Scenarios

/// The rows of a CSV file without quotes, plain or compressed by gzip.
struct CSVRows {
  let file: String
  private let columns: [String: Int]
  /// Ends with a 0, so that a number at the very end can be parsed in place.
  private let bytes: [UInt8]
  private let bodyStart: Int

  init(_ url: URL) throws {
    file = url.path
    bytes = try Self.contents(of: url) + [0]
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? 0
    guard end > 0 else { throw InputError(file: file, problem: "the table is empty") }
    let header = String(decoding: bytes[..<end], as: UTF8.self)
    let names = header.trimmingCharacters(in: .whitespacesAndNewlines)
      .split(separator: ",", omittingEmptySubsequences: false)
    columns = Dictionary(
      names.enumerated().map { (String($1), $0) }, uniquingKeysWith: { first, _ in first })
    bodyStart = end + 1
  }

  /// The position of a column that must be there.
  func column(_ name: String) throws -> Int {
    guard let index = columns[name] else {
      throw InputError(file: file, line: 1, problem: "missing column \(name)")
    }
    return index
  }

  /// The position of a column that the table may lack.
  func optionalColumn(_ name: String) -> Int? { columns[name] }

  /// Calls `body` with each row; the row is valid only during the call.
  func forEach(_ body: (CSVRow) throws -> Void) throws {
    try bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      var starts: [Int] = []
      var position = bodyStart
      let limit = buffer.count - 1
      while position < limit {
        let end =
          memchr(base + position, 10, limit - position).map {
            UnsafeRawPointer($0) - UnsafeRawPointer(base)
          } ?? limit
        starts.removeAll(keepingCapacity: true)
        starts.append(position)
        while let comma = memchr(base + position, 44, end - position) {
          position = UnsafeRawPointer(comma) - UnsafeRawPointer(base) + 1
          starts.append(position)
        }
        try body(CSVRow(base: base, starts: starts, end: end))
        position = end + 1
      }
    }
  }

  private static func contents(of url: URL) throws -> [UInt8] {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw InputError(file: url.path, problem: "no such file", expectation: "a table to fit")
    }
    guard url.pathExtension == "gz" else { return [UInt8](try Data(contentsOf: url)) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", url.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw InputError(file: url.path, problem: "gzip cannot decompress the file")
    }
    return [UInt8](data)
  }
}

/// One row, borrowed from its table.
struct CSVRow {
  let base: UnsafePointer<UInt8>
  let starts: [Int]
  let end: Int

  /// The number in a column; 0 where the cell is empty.
  func number(_ column: Int) -> Double {
    guard column < starts.count else { return 0 }
    return strtod(UnsafeRawPointer(base + starts[column]).assumingMemoryBound(to: CChar.self), nil)
  }

  func text(_ column: Int) -> String {
    guard column < starts.count else { return "" }
    let start = starts[column]
    var stop = column + 1 < starts.count ? starts[column + 1] - 1 : end
    if stop > start, base[stop - 1] == 13 { stop -= 1 }
    return String(
      decoding: UnsafeBufferPointer(start: base + start, count: stop - start), as: UTF8.self)
  }
}
