/// Uniform draws that are a pure function of (seed, purpose, id, index).
///
/// Each consumer of randomness names its purpose, so adding one never shifts another's draws,
/// and everything about a query depends on its id alone: the same luck under every policy and
/// on any number of threads. The generator is Philox 4×32-10, counter-based (Salmon, Moraes,
/// Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
public struct RandomStream: Sendable {
  @usableFromInline let key0: UInt32
  @usableFromInline let key1: UInt32

  /// The stream of `purpose` under `seed`. Streams of different purposes are independent.
  public init(seed: UInt64, purpose: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, 64 bit: offset basis, then prime
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    let key = Self.mix(seed ^ Self.mix(hash))
    key0 = UInt32(truncatingIfNeeded: key)
    key1 = UInt32(truncatingIfNeeded: key >> 32)
  }

  init(key0: UInt32, key1: UInt32) {
    self.key0 = key0
    self.key1 = key1
  }

  /// A draw from the open interval (0, 1): never 0, never 1, 53 significant bits.
  @inlinable public func uniform(id: UInt64, index: UInt64 = 0) -> Double {
    (Double(bits(id: id, index: index) >> 12) + 0.5) * 0x1p-52
  }

  /// 64 random bits.
  @inlinable public func bits(id: UInt64, index: UInt64 = 0) -> UInt64 {
    let block = Self.philox(
      counter: (
        UInt32(truncatingIfNeeded: id), UInt32(truncatingIfNeeded: id >> 32),
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32)
      ), key: (key0, key1))
    return UInt64(block.1) << 32 | UInt64(block.0)
  }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a one-to-one map of 64 bits
  /// that leaves no trace of order, cheaper than a draw.
  @inlinable public static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  @usableFromInline typealias Block = (UInt32, UInt32, UInt32, UInt32)

  /// Ten rounds of Philox 4×32; multipliers and Weyl increments as in the paper's table 2.
  @inlinable static func philox(counter: Block, key: (UInt32, UInt32)) -> Block {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let a = UInt64(0xD251_1F53) &* UInt64(c.0)
      let b = UInt64(0xCD9E_8D57) &* UInt64(c.2)
      c = (
        UInt32(truncatingIfNeeded: b >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: a)
      )
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }
}
