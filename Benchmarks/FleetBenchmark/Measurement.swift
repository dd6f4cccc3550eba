import Foundation

/// What one case took, and what came out of it.
struct Measurement: Codable {
  var requests: Int
  var outputTokens: Int
  var iterations: Int
  var preemptions: Int
  /// Prompt tokens found in the prefix cache.
  var cachedTokens: Int
  /// Of the replicas' time the share in which an iteration ran.
  var busyShare: Double
  var simulatedSeconds: Double
  /// Processor time of the run itself, source, policy, answers and sums included; then the time
  /// that passed.
  var processorSeconds: Double
  var wallSeconds: Double
  /// Largest resident set of the process, which measured nothing else.
  var peakMebibytes: Double
  /// Of the results: equal for equal runs.
  var checksum: UInt64
  /// Of the reference: whether every record and total equals the engine's on the same queries.
  var agrees: Bool?

  var requestsPerSecond: Double { Double(requests) / processorSeconds }
  var tokensPerSecond: Double { Double(outputTokens) / processorSeconds }
  var iterationsPerSecond: Double { Double(iterations) / processorSeconds }

  /// Largest resident set of this process so far.
  static var peakMebibytesOfProcess: Double {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) / 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss) / 1_048_576
    #endif
  }
}

/// A hash of whole numbers (FNV-1a, 64 bit): a speed-up that changes what comes out shows.
struct Checksum {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes in
      for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }
  }
}
