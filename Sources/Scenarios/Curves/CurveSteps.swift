internal import DeviceModels

/// The points of an axis that nobody gave values for: powers of two of what the replica can do,
/// and round numbers of what its GPU's driver accepts.
struct CurveSteps {
  private static let leastContext = 128
  private static let leastInput = 32
  private static let leastOutput = 16
  private static let clockStep = 150.0
  private static let capStep = 50.0

  let replica: CurveReplica

  /// Up to the largest that the KV cache holds and the engine runs unless told otherwise.
  func batches(_ point: CurvePoint) -> [Int] {
    powers(from: 1, upTo: EngineReader.Defaults.maxNumSeqs) {
      replica.holds($0, contextTokens: point.contextTokens)
    }
  }

  /// Whatever the KV cache holds, which each point says.
  func contexts(_ point: CurvePoint) -> [Int] {
    powers(from: Self.leastContext, upTo: replica.maxModelTokens)
  }

  func inputs(_ point: CurvePoint) -> [Int] {
    powers(from: Self.leastInput, upTo: replica.maxModelTokens - point.outputTokens)
  }

  func outputs(_ point: CurvePoint) -> [Int] {
    powers(from: Self.leastOutput, upTo: replica.maxModelTokens - point.inputTokens)
  }

  static func clocks(of gpu: GPUSheet) -> [Double] {
    steps(clockStep, gpu.minimumClock...gpu.maximumClock)
  }

  static func caps(of gpu: GPUSheet) -> [Double] {
    steps(capStep, gpu.leastPowerCap...gpu.thermalDesignPower)
  }

  /// `least` itself at any rate, then doubled as long as it is allowed.
  private func powers(
    from least: Int, upTo most: Int, where isAllowed: (Int) -> Bool = { _ in true }
  ) -> [Int] {
    var values = [least]
    while let last = values.last, 2 * last <= most, isAllowed(2 * last) { values.append(2 * last) }
    return values
  }

  /// The ends, and the multiples of `step` between them.
  private static func steps(_ step: Double, _ range: ClosedRange<Double>) -> [Double] {
    let first = (range.lowerBound / step).rounded(.down) + 1
    let between = stride(from: first * step, to: range.upperBound, by: step)
    let ends = range.lowerBound < range.upperBound ? [range.upperBound] : []
    return [range.lowerBound] + between + ends
  }
}
