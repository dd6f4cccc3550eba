internal import Workloads

/// Numbers as configuration files may write them: decimal, no separators, no infinities.
enum NumberSyntax {
  static func int(_ text: String) -> Int? {
    guard hasOnly("+-0123456789", text) else { return nil }
    return Int(text)
  }

  /// A finite decimal number.
  static func double(_ text: String) -> Double? {
    guard hasOnly("+-.0123456789eE", text), let value = Double(text), value.isFinite else {
      return nil
    }
    return value
  }

  /// Swift would also take hexadecimal, `inf` and `nan`.
  private static func hasOnly(_ characters: String, _ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { characters.utf8.contains($0) }
  }
}

/// Times with their unit.
enum DurationSyntax {
  static let units: [(name: String, seconds: Double)] = [
    ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60), ("h", 3600), ("d", 86_400),
  ]

  /// The longest time that a run may last.
  static let longest = SyntheticSource.longestSeconds

  /// `30 min` or `30min` in seconds; nil where the number or the unit is missing or unknown.
  static func seconds(_ text: String) -> Double? {
    let number = text.prefix { "+-.0123456789eE".contains($0) }
    let unit = text.dropFirst(number.count).drop { $0 == " " }
    guard let value = NumberSyntax.double(String(number)),
      let factor = units.first(where: { $0.name == unit })?.seconds
    else { return nil }
    return value * factor
  }

  static func expectation(_ bounds: Bounds) -> String {
    "a time" + bounds.description.dropFirst("a number".count)
      + " with its unit (us, ms, s, min, h, d), as 30 min"
  }
}
