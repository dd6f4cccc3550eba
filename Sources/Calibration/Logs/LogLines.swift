internal import Foundation
internal import Scenarios

/// The lines of a log file, plain or `.gz`, one at a time: memory follows the longest line.
enum LogLines {
  private static let chunk = 1 << 20
  private static let longestLine = 1 << 26

  /// Calls `body` with each line (its number from 1, its bytes without the line's end) until it
  /// answers false.
  static func forEach(
    in url: URL, file: String, _ body: (Int, ArraySlice<UInt8>) throws -> Bool
  ) throws {
    var source = try FileByteSource(path: url.path)
    var buffer: [UInt8] = []
    var number = 0
    var isDry = false
    while !isDry {
      let count = try fill(&buffer, from: &source)
      isDry = count == 0
      var start = 0
      while start < buffer.count {
        let newline = buffer[start...].firstIndex(of: 10)
        guard let end = newline ?? (isDry ? buffer.count : nil) else { break }
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

  private static func fill(
    _ buffer: inout [UInt8], from source: inout FileByteSource
  ) throws -> Int {
    let kept = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: chunk))
    let count = try buffer.withUnsafeMutableBytes {
      try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[kept...]))
    }
    buffer.removeLast(chunk - count)
    return count
  }

  /// The whole file.
  static func contents(of url: URL) throws -> [UInt8] {
    var source = try FileByteSource(path: url.path)
    var buffer: [UInt8] = []
    while try fill(&buffer, from: &source) > 0 {}
    return buffer
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
