public import Workloads

/// Bytes in memory, handed out in pieces of at most a given size.
public struct ByteArraySource: ByteSource, Sendable {
  private let bytes: [UInt8]
  private let pieceSize: Int
  private var position = 0

  public init(_ bytes: some Sequence<UInt8>, pieceSize: Int = .max) {
    precondition(pieceSize > 0, "pieces of \(pieceSize) bytes")
    self.bytes = Array(bytes)
    self.pieceSize = pieceSize
  }

  public init(_ text: String, pieceSize: Int = .max) {
    self.init(text.utf8, pieceSize: pieceSize)
  }

  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, pieceSize, bytes.count - position)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}
