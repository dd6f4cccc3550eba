#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The lines of a byte source, one at a time, in one buffer that is as large as the longest line.
///
/// A line ends with LF or CR LF, the last one also with the end of the source.
struct LineReader {
  static let longestLine = 1 << 24

  private var source: any ByteSource
  /// Holds the line handed out last, at `line`, until the next call of `advance`.
  private(set) var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private(set) var line = 0..<0
  /// Bytes of the buffer that are read but not yet handed out.
  private var pending = 0..<0
  private var sourceIsDry = false
  /// Of the line handed out last, from 1; 0 before the first.
  private(set) var lineNumber = 0

  init(_ source: any ByteSource) { self.source = source }

  /// The bytes of the line handed out last, without its end.
  var bytes: ArraySlice<UInt8> { buffer[line] }

  /// Moves on to the next line; false at the end. Throws at a line longer than the limit.
  mutating func advance() throws -> Bool {
    var searched = pending.lowerBound
    while true {
      if let newline = firstNewline(in: searched..<pending.upperBound) {
        hand(out: pending.lowerBound..<newline, next: newline + 1)
        return true
      }
      let unsearched = pending.count
      guard try !sourceIsDry && fill() else { break }
      searched = unsearched  // fill() moved the pending bytes to the front
    }
    guard !pending.isEmpty else { return false }
    hand(out: pending, next: pending.upperBound)
    return true
  }

  private func firstNewline(in range: Range<Int>) -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = memchr(base + range.lowerBound, 0x0A, range.count)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  private mutating func hand(out range: Range<Int>, next: Int) {
    let endsWithCR = !range.isEmpty && buffer[range.upperBound - 1] == 0x0D
    line = range.lowerBound..<(endsWithCR ? range.upperBound - 1 : range.upperBound)
    pending = next..<pending.upperBound
    lineNumber += 1
  }

  /// Moves the pending bytes to the front and reads more behind them; false at the end.
  private mutating func fill() throws -> Bool {
    try makeRoom()
    let kept = pending.count
    buffer.withUnsafeMutableBytes { bytes in
      UnsafeMutableRawBufferPointer(rebasing: bytes[..<kept])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[pending]))
    }
    let count = try buffer.withUnsafeMutableBytes { bytes in
      try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[kept...]))
    }
    precondition(count >= 0 && kept + count <= buffer.count, "read \(count) bytes")
    pending = 0..<(kept + count)
    sourceIsDry = count == 0
    return count > 0
  }

  private mutating func makeRoom() throws {
    guard pending.count == buffer.count else { return }
    guard buffer.count < Self.longestLine else {
      throw TraceError(
        line: lineNumber + 1, column: nil, problem: "the line is too long",
        expectation: "at most \(Self.longestLine) bytes")
    }
    buffer.append(contentsOf: repeatElement(0, count: buffer.count))
  }
}
