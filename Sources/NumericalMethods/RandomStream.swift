/// Uniform draws that are a pure function of (seed, purpose, id, index).
///
/// Each consumer of randomness names its purpose, so adding one never shifts another's draws,
/// and everything about a query depends on its id alone: the same luck under every policy and
/// on any number of threads. The generator is Philox 2×64-10, counter-based (Salmon, Moraes,
/// Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
public struct RandomStream: Sendable {
  @usableFromInline let key: UInt64

  /// The stream of `purpose` under `seed`. Streams of different purposes are independent.
  public init(seed: UInt64, purpose: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, 64 bit: offset basis, then prime
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    key = Self.mix(seed ^ Self.mix(hash))
  }

  init(key: UInt64) { self.key = key }

  /// A draw from the open interval (0, 1): never 0, never 1, 53 significant bits.
  @inlinable public func uniform(id: UInt64, index: UInt64 = 0) -> Double {
    Self.uniform(bits(id: id, index: index))
  }

  /// Two independent draws for the price of one; the first is that of `uniform`.
  @inlinable public func uniforms(id: UInt64, index: UInt64 = 0) -> (Double, Double) {
    let block = Self.philox(counter: (id, index), key: key)
    return (Self.uniform(block.0), Self.uniform(block.1))
  }

  @inlinable @inline(__always) static func uniform(_ bits: UInt64) -> Double {
    // The conversion of a signed number is a single instruction.
    (Double(Int64(bitPattern: bits >> 12)) + 0.5) * 0x1p-52
  }

  /// 64 random bits.
  @inlinable public func bits(id: UInt64, index: UInt64 = 0) -> UInt64 {
    Self.philox(counter: (id, index), key: key).0
  }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a one-to-one map of 64 bits
  /// that leaves no trace of order, cheaper than a draw.
  @inlinable public static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  @usableFromInline typealias Block = (UInt64, UInt64)

  /// Ten rounds of Philox 2×64; multiplier and Weyl increment as in the paper's table 2.
  @inlinable @inline(__always) static func philox(counter: Block, key: UInt64) -> Block {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let product = c.0.multipliedFullWidth(by: 0xD2B7_4407_B1CE_6E93)
      c = (product.high ^ k ^ c.1, product.low)
      k &+= 0x9E37_79B9_7F4A_7C15
    }
    return c
  }
}
