extension RooflineReplicaModel {
  /// In words, each way in which shapes up to `extent` leave the calibrated range; empty within.
  public func extrapolations(upTo extent: ShapeExtent) -> [String] {
    let range = parameters.calibratedRange
    let subject = "\(model.name) on \(gpu.name)"
    let checks: [(String, Int, ClosedRange<Int>)] = [
      ("batch rows", extent.largestDecodeRows, 1...range.decodeRows.upperBound),
      (
        "context tokens of a sequence", extent.largestContextTokens,
        0...range.contextTokensPerRow.upperBound
      ),
      ("prompt tokens", extent.largestPromptTokens, 0...range.promptTokens.upperBound),
      ("model parameters", model.parameterCount, range.modelParameters),
      ("tensor parallel degree", layout.tensorParallelDegree, range.tensorParallelDegrees),
    ]
    return checks.compactMap { what, value, measured in
      measured.contains(value)
        ? nil
        : "\(subject): \(value) \(what), calibrated on \(measured.lowerBound) to "
          + "\(measured.upperBound)"
    }
  }
}
