internal import Foundation
internal import Scenarios

/// Columns of a Parquet file as the kernel tables are written: flat, without nulls, compressed by
/// Zstandard or not at all, pages of version 1, plain or dictionary-encoded. Anything else is
/// refused.
struct ParquetTable {
  let file: String
  private let bytes: [UInt8]
  private let chunks: [String: [ThriftValue]]

  init(_ url: URL) throws {
    file = url.path
    guard let data = try? Data(contentsOf: url) else {
      throw InputError(file: file, problem: "no such file", expectation: "a table to fit")
    }
    bytes = [UInt8](data)
    guard bytes.count > 12, bytes.suffix(4) == Array("PAR1".utf8)[...] else {
      throw InputError(file: file, problem: "not a Parquet file")
    }
    let length = Self.littleEndian(bytes[(bytes.count - 8)..<(bytes.count - 4)])
    guard length < bytes.count - 12 else { throw InputError(file: file, problem: Self.broken) }
    var reader = ThriftReader(bytes: bytes, position: bytes.count - 8 - length)
    var chunks: [String: [ThriftValue]] = [:]
    for group in reader.structure()?[4]?.list ?? [] {
      for column in group[1]?.list ?? [] {
        guard let chunk = column[3], let name = chunk[3]?.list.first?.text else { continue }
        chunks[name, default: []].append(chunk)
      }
    }
    self.chunks = chunks
  }

  private static let broken = "the file is cut short or damaged"

  private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private func chunks(_ name: String) throws -> [ThriftValue] {
    guard let found = chunks[name] else {
      throw InputError(file: file, problem: "missing column \(name)")
    }
    return found
  }

  func hasColumn(_ name: String) -> Bool { chunks[name] != nil }

  func numbers(_ name: String) throws -> [Double] {
    try chunks(name).flatMap { chunk in
      try values(of: chunk, name) { page in
        switch chunk[1]?.integer {
        case PhysicalType.integer: page.fixed(8).map { Double(Int64(bitPattern: $0)) }
        case PhysicalType.double: page.fixed(8).map { Double(bitPattern: $0) }
        default: throw InputError(file: file, problem: "column \(name) holds no numbers")
        }
      }
    }
  }

  func texts(_ name: String) throws -> [String] {
    try chunks(name).flatMap { chunk in
      try values(of: chunk, name) { page in
        guard chunk[1]?.integer == PhysicalType.bytes else {
          throw InputError(file: file, problem: "column \(name) holds no text")
        }
        return page.texts()
      }
    }
  }

  /// Codes of the format's `Type`, `Encoding`, `CompressionCodec` and `PageType`.
  private enum PhysicalType { static let (integer, double, bytes) = (2, 5, 6) }
  private enum Encoding {
    static let plain = 0
    static let dictionary: Set<Int> = [2, 8]
  }
  private enum Codec { static let (none, zstandard) = (0, 6) }
  private enum PageType { static let (data, dictionary) = (0, 2) }

  /// The values of a column chunk, its dictionary resolved; `plain` decodes a page's values.
  private func values<Value>(
    of chunk: ThriftValue, _ name: String, plain: (ParquetPage) throws -> [Value]
  ) throws -> [Value] {
    let pages = try pages(of: chunk, name)
    let count = chunk[5]?.integer ?? 0
    var dictionary: [Value] = []
    var result: [Value] = []
    for (header, page) in pages {
      if header[1]?.integer == PageType.dictionary {
        dictionary = try plain(page)
        continue
      }
      var page = page
      page.skipLengthPrefixed()
      let expected = header[5]?[1]?.integer ?? 0
      guard let encoding = header[5]?[2]?.integer else { throw unsupported(name, "its pages") }
      if Encoding.dictionary.contains(encoding) {
        for index in page.hybridIntegers(count: expected) {
          guard index < dictionary.count else {
            throw InputError(file: file, problem: Self.broken)
          }
          result.append(dictionary[index])
        }
      } else if encoding == Encoding.plain {
        result += try plain(page).prefix(expected)
      } else {
        throw unsupported(name, "encoding \(encoding)")
      }
    }
    guard result.count == count else { throw unsupported(name, "nulls") }
    return result
  }

  private func unsupported(_ name: String, _ what: String) -> InputError {
    InputError(file: file, problem: "column \(name): cannot read \(what)")
  }

  private func pages(
    of chunk: ThriftValue, _ name: String
  ) throws -> [(ThriftValue, ParquetPage)] {
    let codec = chunk[4]?.integer ?? Codec.none
    guard codec == Codec.none || codec == Codec.zstandard else {
      throw unsupported(name, "compression \(codec)")
    }
    let first = [chunk[11]?.integer, chunk[9]?.integer].compactMap { $0 }.filter { $0 > 0 }.min()
    guard var position = first, let length = chunk[7]?.integer else {
      throw InputError(file: file, problem: Self.broken)
    }
    let end = position + length
    var headers: [ThriftValue] = []
    var compressed: [UInt8] = []
    while position < end {
      var reader = ThriftReader(bytes: bytes, position: position)
      guard let header = reader.structure(), let size = header[3]?.integer, size >= 0,
        reader.position + size <= bytes.count
      else { throw InputError(file: file, problem: Self.broken) }
      headers.append(header)
      compressed += bytes[reader.position..<reader.position + size]
      position = reader.position + size
    }
    let content = codec == Codec.none ? compressed : try Self.decompressed(compressed, file)
    var start = 0
    return try headers.map { header in
      let size = header[2]?.integer ?? 0
      guard size >= 0, start + size <= content.count else {
        throw InputError(file: file, problem: Self.broken)
      }
      defer { start += size }
      return (header, ParquetPage(bytes: content[start..<start + size]))
    }
  }

  /// Frames of Zstandard one behind the other, by its own program.
  private static func decompressed(_ frames: [UInt8], _ file: String) throws -> [UInt8] {
    let scratch = FileManager.default.temporaryDirectory.appending(
      path: "joulefleet-\(UUID().uuidString).zst")
    try Data(frames).write(to: scratch)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["zstd", "-dcq", scratch.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw InputError(
        file: file, problem: "zstd cannot decompress the file", expectation: "zstd installed")
    }
    return [UInt8](data)
  }
}

/// The content of one page, read from front to back.
struct ParquetPage {
  private var rest: ArraySlice<UInt8>

  init(bytes: ArraySlice<UInt8>) { rest = bytes }

  private mutating func take(_ count: Int) -> UInt64 {
    let taken = rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    rest = rest.dropFirst(count)
    return taken
  }

  /// Definition levels: four bytes of length, then as many to ignore.
  mutating func skipLengthPrefixed() {
    let length = Int(take(4))
    rest = rest.dropFirst(length)
  }

  /// Every whole number of `width` bytes.
  func fixed(_ width: Int) -> [UInt64] {
    var page = self
    return (0..<rest.count / width).map { _ in page.take(width) }
  }

  /// Texts with their lengths before them.
  func texts() -> [String] {
    var page = self
    var result: [String] = []
    while page.rest.count >= 4 {
      let length = Int(page.take(4))
      result.append(String(decoding: page.rest.prefix(length), as: UTF8.self))
      page.rest = page.rest.dropFirst(length)
    }
    return result
  }

  /// Runs of one number and packs of eight, after a byte that says how many bits each has.
  mutating func hybridIntegers(count: Int) -> [Int] {
    let width = Int(take(1))
    var result: [Int] = []
    result.reserveCapacity(count + 8)
    while result.count < count, !rest.isEmpty {
      let head = variableInteger()
      if head & 1 == 0 {
        let value = Int(take((width + 7) / 8))
        result += repeatElement(value, count: min(head >> 1, count - result.count))
      } else {
        for _ in 0..<head >> 1 { unpackEight(width, into: &result) }
      }
    }
    return Array(result.prefix(count))
  }

  private mutating func variableInteger() -> Int {
    var (value, shift) = (0, 0)
    while let byte = rest.popFirst(), shift < 56 {
      value |= Int(byte & 0x7f) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return value
  }

  private mutating func unpackEight(_ width: Int, into result: inout [Int]) {
    var (bits, held) = (UInt64(0), 0)
    for _ in 0..<8 {
      while held < width {
        bits |= UInt64(rest.popFirst() ?? 0) << UInt64(held)
        held += 8
      }
      result.append(Int(bits & (1 << UInt64(width) - 1)))
      bits >>= UInt64(width)
      held -= width
    }
  }
}
