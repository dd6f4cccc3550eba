/// One of the files that a trace is made of.
public struct TraceFile: Sendable {
  /// As errors name it.
  public var name: String
  public var open: @Sendable () throws -> any ByteSource

  public init(name: String, open: @escaping @Sendable () throws -> any ByteSource) {
    self.name = name
    self.open = open
  }

  /// All bytes, at most `limit`.
  func bytes(limit: Int = 1 << 28) throws -> [UInt8] {
    var source = try open()
    var bytes: [UInt8] = []
    let piece = 1 << 16
    while true {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: piece))
      let count = try bytes.withUnsafeMutableBytes {
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      bytes.removeLast(piece - count)
      if count == 0 { return bytes }
      guard bytes.count <= limit else {
        throw TraceError(
          file: name, line: 1, column: nil, problem: "the file is too large",
          expectation: "at most \(limit) bytes")
      }
    }
  }
}
