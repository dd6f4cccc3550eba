internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The system's zlib, found while the program runs: nothing needs it but compressed traces.
struct GzipLibrary: Sendable {
  private typealias Open =
    @Sendable @convention(c) (Int32, UnsafePointer<CChar>) -> OpaquePointer?
  private typealias Read =
    @Sendable @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UInt32) -> Int32
  private typealias Close = @Sendable @convention(c) (OpaquePointer) -> Int32
  private typealias LastError =
    @Sendable @convention(c) (OpaquePointer, UnsafeMutablePointer<Int32>) -> UnsafePointer<CChar>?

  /// Nil where the system has none.
  static let system = GzipLibrary()

  private let openDescriptor: Open
  private let readBytes: Read
  private let lastError: LastError
  private let closeFile: Close

  private init?() {
    let names = ["libz.so.1", "libz.so", "libz.dylib"]
    guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first,
      let open = dlsym(library, "gzdopen"), let read = dlsym(library, "gzread"),
      let lastError = dlsym(library, "gzerror"), let close = dlsym(library, "gzclose")
    else { return nil }
    openDescriptor = unsafeBitCast(open, to: Open.self)
    readBytes = unsafeBitCast(read, to: Read.self)
    self.lastError = unsafeBitCast(lastError, to: LastError.self)
    closeFile = unsafeBitCast(close, to: Close.self)
  }

  /// A compressed file that is being read; closed with its last reference.
  final class Stream {
    private let library: GzipLibrary
    private let file: OpaquePointer

    /// Nil where the file cannot be opened.
    init?(_ library: GzipLibrary, path: String) {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      guard let file = library.openDescriptor(descriptor, "rb") else {
        _ = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        return nil
      }
      self.library = library
      self.file = file
    }

    deinit { _ = library.closeFile(file) }

    /// Bytes read; 0 at the end, nil where the file is broken.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
      guard let base = buffer.baseAddress else { return 0 }
      let count = library.readBytes(file, base, UInt32(min(buffer.count, 1 << 20)))
      guard count <= 0 else { return Int(count) }
      // A file that is cut short ends like a whole one but for its status.
      var status: Int32 = 0
      _ = library.lastError(file, &status)
      return count == 0 && status >= 0 ? 0 : nil
    }
  }
}
