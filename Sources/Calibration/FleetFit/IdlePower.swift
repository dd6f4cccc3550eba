/// The power of GPUs with weights loaded and nothing to do.
struct IdlePower: Sendable {
  /// Length of the means by which power is told to be even, s: that of a meter's own.
  static let step = 1.0

  var place: LogPlace
  var seconds = 0.0
  /// Means over a second each, one GPU's.
  var samples: [Double] = []

  /// Adds a stretch of a log, as far as the log covers it.
  mutating func add(_ power: PowerLog, from start: Double, to end: Double) {
    for index in 0..<Int((end - start) / Self.step) {
      let from = start + Double(index) * Self.step
      guard let watts = power.wattsPerGPU(from: from, to: from + Self.step) else { continue }
      samples.append(watts)
      seconds += Self.step
    }
  }
}
