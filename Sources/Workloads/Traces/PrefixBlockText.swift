/// Lists of prefix block ids: numbers and ranges of them, parted by blanks.
enum PrefixBlockText {
  /// Most ids in one row: a context of a million tokens in blocks of one.
  static let most = 1 << 20

  static func ids(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt64]? {
    var ids: [UInt64] = []
    var index = range.lowerBound
    while index < range.upperBound {
      var end = index
      var dash: Int?
      while end < range.upperBound, bytes[end] != UInt8(ascii: " ") {
        if bytes[end] == UInt8(ascii: "-"), dash == nil { dash = end }
        end += 1
      }
      guard let first = DecimalText.unsigned(bytes, index..<(dash ?? end)) else { return nil }
      var last = first
      if let dash {
        guard let number = DecimalText.unsigned(bytes, dash + 1..<end), number >= first,
          number - first < UInt64(most)
        else { return nil }
        last = number
      }
      guard ids.count + Int(last - first) < most else { return nil }
      if first == last { ids.append(first) } else { ids.append(contentsOf: first...last) }
      index = end + 1
    }
    return ids
  }

  /// The shortest such list.
  static func append(_ ids: [UInt64], to bytes: inout [UInt8]) {
    var index = 0
    while index < ids.count {
      var end = index + 1
      while end < ids.count, ids[end - 1] < .max, ids[end] == ids[end - 1] + 1 { end += 1 }
      if index > 0 { bytes.append(UInt8(ascii: " ")) }
      bytes.append(contentsOf: "\(ids[index])".utf8)
      if end - index > 1 { bytes.append(contentsOf: "-\(ids[end - 1])".utf8) }
      index = end
    }
  }
}
