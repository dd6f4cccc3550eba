internal import Foundation
internal import Scenarios

/// The lines of a log file, plain or `.gz`, one at a time: memory follows the longest line.
enum LogLines {
  private static let longestLine = 1 << 26

  /// Calls `body` with each line (its number from 1, its bytes without the line's end) until it
  /// answers false.
  static func forEach(
    in url: URL, file: String, _ body: (Int, ArraySlice<UInt8>) throws -> Bool
  ) throws {
    var chunks = try FileChunks(url)
    var buffer: [UInt8] = []
    var number = 0
    var isDry = false
    while !isDry {
      isDry = try !chunks.appendNext(to: &buffer)
      var start = 0
      while start < buffer.count {
        guard let end = newline(in: buffer, from: start) ?? (isDry ? buffer.count : nil) else {
          break
        }
        number += 1
        let isReturn = end > start && buffer[end - 1] == 13
        guard try body(number, buffer[start..<(isReturn ? end - 1 : end)]) else { return }
        start = min(end + 1, buffer.count)
      }
      buffer.removeFirst(start)
      guard buffer.count < longestLine else {
        throw LogPlace(file: file, line: number + 1).error(
          "the line is too long", expected: "at most \(longestLine) bytes")
      }
    }
  }

  private static func newline(in buffer: [UInt8], from start: Int) -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = memchr(base + start, 10, bytes.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// The whole file.
  static func contents(of url: URL) throws -> [UInt8] {
    var chunks = try FileChunks(url)
    var buffer: [UInt8] = []
    while try chunks.appendNext(to: &buffer) {}
    return buffer
  }
}

/// A file piece by piece.
private struct FileChunks {
  private static let size = 1 << 18

  private var source: FileByteSource
  private var chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    buffer.initialize(repeating: 0)
    count = size
  }

  init(_ url: URL) throws { source = try FileByteSource(path: url.path) }

  /// Appends the next piece; false at the end.
  mutating func appendNext(to buffer: inout [UInt8]) throws -> Bool {
    let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
    chunk.withUnsafeBytes { buffer.append(contentsOf: $0[..<count]) }
    return count > 0
  }
}

/// Numbers as logs spell them.
enum LogNumber {
  /// A finite decimal number, blanks around it allowed.
  static func finite(_ bytes: ArraySlice<UInt8>) -> Double? {
    let trimmed = trim(bytes)
    guard !trimmed.isEmpty, trimmed.count < 64,
      trimmed.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
      let value = Double(String(decoding: trimmed, as: UTF8.self)), value.isFinite
    else { return nil }
    return value
  }

  static func finite(_ text: String) -> Double? { finite(Array(text.utf8)[...]) }

  static func trim(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let first = bytes.first, first == 32 || first == 9 { bytes.removeFirst() }
    while let last = bytes.last, last == 32 || last == 9 || last == 13 { bytes.removeLast() }
    return bytes
  }
}
