/// Bytes read one after another: what a trace reader needs of a file.
public protocol ByteSource {
  /// Fills the front of `buffer` (never empty) and returns how many bytes it wrote; 0 at the end.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}
