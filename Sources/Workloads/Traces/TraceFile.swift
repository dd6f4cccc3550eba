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
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: piece[..<count])
      guard bytes.count <= limit else {
        throw TraceError(
          file: name, line: 1, column: nil, problem: "the file is too large",
          expectation: "at most \(limit) bytes")
      }
    }
  }
}
