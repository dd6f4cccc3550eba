internal import DeviceModels

/// How alike rows of narrow traffic choose their experts, as another GPU's rows tell it.
struct BorrowedTraffic {
  let fitter: EngineFit
  let rows: [ServingMeasurement]
  let freedom: EngineFreedom

  /// Nil where the GPU's own rows tell it.
  init?(_ fitting: DeviceFitting, for freedom: EngineFreedom) throws {
    let name = DeviceFitPlan.referenceGPU
    guard !freedom.paths.contains(\.narrowRowShare), let rows = fitting.engineRows[name],
      let plan = DeviceFitPlan.all.first(where: { $0.gpu == name }),
      case .fitted(_, let ownFreedom, _, _) = plan.engine
    else { return nil }
    let fit = try fitting.done(name)
    fitter = EngineFit(
      gpu: fit.gpu, parameters: fit.parameters, lossScale: fitting.settings.lossScale)
    self.rows = rows
    self.freedom = ownFreedom
  }

  /// The share as it comes out where `model` was never seen on that GPU either.
  func narrowRowShare(without model: String) throws -> Double {
    let rest = rows.filter { $0.model.name != model }
    guard rest.count < rows.count else { return fitter.parameters.engine.narrowRowShare }
    return try fitter.fit(rest, freedom).engine.narrowRowShare
  }
}
