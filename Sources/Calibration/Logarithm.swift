#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Logarithms and powers of numbers from tables.
enum Logarithm {
  static func binary(_ value: Double) -> Double { log2(value) }
  static func natural(_ value: Double) -> Double { log(value) }
  static func exponential(_ value: Double) -> Double { exp(value) }
}
