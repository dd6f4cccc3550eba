/// A small seeded generator for building test cases (Steele, Lea, Flood, OOPSLA 2014).
///
/// Shares nothing with the program's own streams, so that a fault there cannot hide here.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A 64-bit hash of `value`, well spread.
  public static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// True once in `chances` draws.
  public mutating func oneIn(_ chances: Int) -> Bool {
    Int.random(in: 0..<chances, using: &self) == 0
  }
}

/// Calls `body` with each seed below `count` and a generator of that seed.
public func forEverySeed(
  _ count: UInt64, _ body: (_ seed: UInt64, _ random: inout SplitMix64) throws -> Void
) rethrows {
  for seed in 0..<count {
    var random = SplitMix64(seed: seed)
    try body(seed, &random)
  }
}
