internal import DeviceModels
internal import NumericalMethods
internal import Scenarios

/// A GPU's numbers as they come out where one model was never seen.
struct LeftOutFits {
  /// The GPUs that the engine's and the power's rows were measured on.
  let engineGPU: GPUSheet
  let powerGPU: GPUSheet
  /// All that is not refitted.
  let fitted: DeviceParameters
  let settings: DeviceFitSettings
  let engineRows: [ServingMeasurement]
  let engineFreedom: EngineFreedom
  /// What further numbers were fitted on, with the others held.
  let steps: [(freedom: EngineFreedom, rows: [ServingMeasurement])]
  /// Nil where the engine's rows tell how alike narrow traffic is.
  let traffic: BorrowedTraffic?
  let powerRows: [ServingMeasurement]
  let powerFreedom: [WritableKeyPath<PowerParameters, Double>]

  /// Models from which on leaving one out leaves enough.
  private static let leastModels = 3

  /// Numbers that only this model tells stay as fitted.
  func parameters(without model: String) throws -> DeviceParameters {
    do {
      var parameters = fitted
      parameters.engine = try engine(without: model)
      parameters.power = try power(without: model, parameters)
      return parameters
    } catch let error as NumericalError {
      throw NumericalError(
        operation: "\(error.operation) on \(engineGPU.name) without \(model)",
        reason: error.reason)
    }
  }

  private func engine(without model: String) throws -> EngineParameters {
    var parameters = fitted
    if let traffic {
      parameters.engine.narrowRowShare = try traffic.narrowRowShare(without: model)
    }
    let isTold = engineRows.contains { $0.model.name == model }
    guard isTold, Set(engineRows.map(\.model.name)).count >= Self.leastModels else {
      return parameters.engine
    }
    for (freedom, rows) in [(engineFreedom, engineRows)] + steps {
      let rest = rows.filter { $0.model.name != model }
      guard !rest.isEmpty else { continue }
      parameters.engine = try EngineFit(
        gpu: engineGPU, parameters: parameters, lossScale: settings.lossScale
      ).fit(rest, freedom).engine
    }
    return parameters.engine
  }

  private func power(
    without model: String, _ parameters: DeviceParameters
  ) throws -> PowerParameters {
    let rest = powerRows.filter { $0.model.name != model }
    guard !powerFreedom.isEmpty, rest.count < powerRows.count else { return parameters.power }
    return try PowerFit(gpu: powerGPU, parameters: parameters, settings: settings)
      .fit(rest, powerFreedom).power
  }
}
