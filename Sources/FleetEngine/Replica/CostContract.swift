internal import DeviceModels
internal import Quantities

/// What the engine's arithmetic relies on of a device model. A model that breaks it is a fault of
/// the program, and stops it.
extension IterationCost {
  /// Bits of an iteration's energy in quanta; a row count times it fits 128.
  static let energyBits = 96

  /// Stops the program unless the iteration takes some time and draws at least what its own
  /// kernels draw, within what the engine adds up without overflow.
  @inline(__always) func checkContract() {
    precondition(
      duration.ticks > 0 && duration.ticks <= Int128(TickProgression.longest),
      "an iteration that takes no time or too long")
    let own = prefillOwnEnergy.quanta + decodeOwnEnergy.quanta
    precondition(
      prefillOwnEnergy.quanta >= 0 && decodeOwnEnergy.quanta >= 0 && own <= energy.quanta
        && energy.quanta >> Self.energyBits == 0,
      "an iteration whose kernels draw more than it, or nothing that can be added up")
  }
}

extension DecodeSegment {
  /// Stops the program unless this is the segment between the knots around `contextTokens`, with
  /// valid costs from end to end; a line between two valid costs is valid.
  func checkContract(holding contextTokens: Int) {
    precondition(
      context == DecodeKnots.range(holding: contextTokens),
      "a decode segment of \(context) for \(contextTokens) tokens of context")
    cost(context: context.lowerBound).checkContract()
    cost(context: context.upperBound - 1).checkContract()
  }
}
