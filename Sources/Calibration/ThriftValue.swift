internal import Foundation

/// A value of Thrift's compact protocol, as Parquet's headers are written in: enough to walk them.
enum ThriftValue {
  case integer(Int)
  case bytes(ArraySlice<UInt8>)
  case list([ThriftValue])
  /// Fields by their number.
  case structure([Int: ThriftValue])

  subscript(field: Int) -> ThriftValue? {
    guard case .structure(let fields) = self else { return nil }
    return fields[field]
  }

  var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  var list: [ThriftValue] {
    guard case .list(let values) = self else { return [] }
    return values
  }

  var text: String? {
    guard case .bytes(let bytes) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Reads Thrift's compact protocol from bytes; nil where they end too soon.
struct ThriftReader {
  let bytes: [UInt8]
  var position: Int

  private enum Kind {
    static let (stop, yes, no, byte) = (0, 1, 2, 3)
    static let (double, binary, list, set, structure) = (7, 8, 9, 10, 12)
  }

  /// Structures nest no deeper than this in a Parquet header.
  private static let deepest = 16

  mutating func byte() -> Int? {
    guard position < bytes.count else { return nil }
    position += 1
    return Int(bytes[position - 1])
  }

  mutating func unsigned() -> Int? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = byte() else { return nil }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return Int(truncatingIfNeeded: value) }
    }
    return nil
  }

  private mutating func signed() -> Int? {
    unsigned().map { ($0 >> 1) ^ -($0 & 1) }
  }

  mutating func structure(depth: Int = 0) -> ThriftValue? {
    guard depth < Self.deepest else { return nil }
    var fields: [Int: ThriftValue] = [:]
    var field = 0
    while let head = byte() {
      guard head != Kind.stop else { return .structure(fields) }
      if head >> 4 == 0 {
        guard let number = signed() else { return nil }
        field = number
      } else {
        field += head >> 4
      }
      guard let value = value(of: head & 0xf, depth: depth) else { return nil }
      fields[field] = value
    }
    return nil
  }

  private mutating func value(of kind: Int, depth: Int) -> ThriftValue? {
    switch kind {
    case Kind.yes, Kind.no: return .integer(kind == Kind.yes ? 1 : 0)
    case Kind.byte: return byte().map { .integer($0) }
    case Kind.double: return slice(8)
    case Kind.binary: return unsigned().flatMap { slice($0) }
    case Kind.list, Kind.set: return list(depth: depth)
    case Kind.structure: return structure(depth: depth + 1)
    default: return signed().map { .integer($0) }
    }
  }

  private mutating func slice(_ count: Int) -> ThriftValue? {
    guard count >= 0, count <= bytes.count - position else { return nil }
    position += count
    return .bytes(bytes[position - count..<position])
  }

  private mutating func list(depth: Int) -> ThriftValue? {
    guard let head = byte() else { return nil }
    var count = head >> 4
    if count == 15 {
      guard let long = unsigned(), long >= 0 else { return nil }
      count = long
    }
    var values: [ThriftValue] = []
    for _ in 0..<count {
      // Inside a list a truth value takes a byte of its own.
      let kind = head & 0xf
      let element =
        kind <= Kind.no ? byte().map { ThriftValue.integer($0) } : value(of: kind, depth: depth)
      guard let element else { return nil }
      values.append(element)
    }
    return .list(values)
  }
}
