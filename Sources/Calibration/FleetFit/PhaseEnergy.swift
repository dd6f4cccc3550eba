internal import DeviceModels

/// Measured energy of a run by what it was spent on: the meter's joules, divided as the fitted
/// model divides its own.
struct PhaseEnergy: Sendable {
  var run: String
  var model: String
  var seconds = 0.0
  var prefillJoules = 0.0
  var decodeJoules = 0.0
  var idleJoules = 0.0
  var promptTokens = 0.0
  var outputTokens = 0.0

  /// Of every run whose windows have power; of all GPUs of the replica.
  static func runs(_ windows: [ServingWindow], _ fit: FleetFit) throws -> [PhaseEnergy] {
    var result: [PhaseEnergy] = []
    for window in windows where window.wattsPerGPU != nil && window.seconds > 0 {
      if result.last?.run != window.run {
        result.append(PhaseEnergy(run: window.run, model: window.replica.name))
      }
      try result[result.count - 1].add(window, fit)
    }
    return result
  }

  private mutating func add(_ window: ServingWindow, _ fit: FleetFit) throws {
    let model = try window.replica.replicaModel(fit.parameters)
    let prediction = WindowPrediction(window, WindowShapes(window), on: model)
    let gpus = Double(window.replica.layout.gpuCount)
    let joules = (window.wattsPerGPU ?? 0) * gpus * window.seconds
    let iterations = window.seconds * window.decodingShare / window.interTokenSeconds
    seconds += window.seconds
    prefillJoules += joules * prediction.prefillShare
    idleJoules += joules * prediction.idleShare
    decodeJoules += joules * (1 - prediction.prefillShare - prediction.idleShare)
    promptTokens += iterations * window.promptsPerIteration * window.promptTokens
    outputTokens += iterations * window.decodeRows
  }
}
