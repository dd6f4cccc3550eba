internal import DeviceModels
internal import NumericalMethods

/// Errors of one GPU's serving model, in sample, with each model left out, and of rivals.
struct ServingValidation {
  struct Result {
    let what: String
    let how: String
    /// Signed relative errors.
    let errors: [Double]
  }

  let fit: GPUFit
  /// The numbers without one model.
  let fits: LeftOutFits
  /// Mixtures of experts of every weight format; their power is never fitted on.
  let expertRows: [ServingMeasurement]
  /// Rows that nothing is fitted on: their batch is more than the cache holds.
  let overflowingRows: [ServingMeasurement]
  private let engine: EngineValidation

  private var settings: DeviceFitSettings { fits.settings }
  private var engineGPU: GPUSheet { fits.engineGPU }
  private var powerGPU: GPUSheet { fits.powerGPU }
  private var engineRows: [ServingMeasurement] { fits.engineRows }
  private var powerRows: [ServingMeasurement] { fits.powerRows }

  /// Nil where nothing of the GPU was fitted on serving measurements.
  init?(_ fitting: DeviceFitting, _ fit: GPUFit) throws {
    guard let plan = DeviceFitPlan.all.first(where: { $0.gpu == fit.gpu.name }),
      case .fitted(let engineSets, let freedom, _, let steps) = plan.engine,
      let engineRows = fitting.engineRows[fit.gpu.name],
      let powerRows = fitting.powerRows[fit.gpu.name], !powerRows.isEmpty,
      let engineSet = engineSets.first, let engineGPU = try? fitting.host(engineSet, fit.gpu)
    else { return nil }
    var powerGPU = fit.gpu
    if case .serving(let sets, _, _, _) = plan.power, let set = sets.first {
      powerGPU = (try? fitting.host(set, fit.gpu)) ?? fit.gpu
    }
    let stepRows = steps.map { step in
      (try? fitting.fitting(step.set, on: engineGPU, fit.parameters)) ?? []
    }
    let traffic = try BorrowedTraffic(fitting, for: freedom)
    self.fit = fit
    overflowingRows = (engineSets + steps.map(\.set)).flatMap { set in
      ((try? fitting.serving(set)) ?? []).filter {
        (try? $0.overflowsCache(
          of: engineGPU, fit.parameters, under: fitting.settings.engineDefaults)) == true
      }
    }
    fits = LeftOutFits(
      engineGPU: engineGPU, powerGPU: powerGPU, fitted: fit.parameters,
      settings: fitting.settings, engineRows: engineRows, engineFreedom: freedom,
      steps: zip(steps, stepRows).map { (freedom: $0.freedom, rows: $1) }, traffic: traffic,
      powerRows: powerRows,
      powerFreedom: plan.power.servingFreedom)
    let starved = fitting.starvedRows[fit.gpu.name] ?? []
    expertRows = (engineRows + starved + stepRows.flatMap(\.self)).filter {
      $0.model.experts != nil
    }
    engine = EngineValidation(
      gpu: engineGPU, parameters: fit.parameters, lossScale: fitting.settings.lossScale,
      rows: engineRows, starved: starved, freedom: freedom, traffic: traffic,
      steps: zip(steps, stepRows).map { step, rows in
        let count = step.freedom.paths.count
        return (
          what: step.what, numbers: count == 1 ? "one number" : "\(count) numbers", rows: rows
        )
      })
  }

  private func engineFit(_ parameters: DeviceParameters) -> EngineFit {
    EngineFit(gpu: engineGPU, parameters: parameters, lossScale: settings.lossScale)
  }

  private func powerFit(_ parameters: DeviceParameters) -> PowerFit {
    PowerFit(gpu: powerGPU, parameters: parameters, settings: settings)
  }

  func results() throws -> [Result] {
    var results = try engine.results()
    results += try leftOut()
    results.append(
      Result(
        what: "power, time as measured",
        how: fits.powerFreedom.isEmpty ? "never fitted on them" : "on its own rows",
        errors: Self.errors(
          try powerFit(fit.parameters).watts(powerRows, .measured, fit.parameters.power),
          powerRows.map(\.wattsPerGPU))))
    results += try rivals()
    return results
      + (try ExpertValidation(
        gpu: powerGPU, parameters: fit.parameters, settings: settings, rows: expertRows,
        leftOut: fits
      ).results())
  }

  /// Signed relative errors.
  private static func errors(_ predicted: [Double], _ measured: [Double]) -> [Double] {
    zip(predicted, measured).map { $0 / $1 - 1 }
  }

  private static func models(_ rows: [ServingMeasurement]) -> [String] {
    Set(rows.map(\.model.name)).sorted()
  }

  // MARK: Leave one model out

  /// Predictions for one model from fits that never saw it.
  private struct LeftOut {
    var watts: [Double] = []
    var olderWatts: [Double] = []
    var chainedWatts: [Double] = []
    var joulesPerToken: [Double] = []
  }

  private func leftOut() throws -> [Result] {
    let models = Self.models(powerRows)
    guard Self.models(engineRows).count > 2 || models.count > 2 else { return [] }
    var all = LeftOut()
    for model in models { try predict(model, &all) }
    let how = "each model left out"
    return [
      Result(what: "power, time as measured", how: how, errors: all.watts),
      Result(what: "power, older engine, time as measured", how: how, errors: all.olderWatts),
      Result(what: "power, time as modelled", how: how, errors: all.chainedWatts),
      Result(what: "energy per output token", how: how, errors: all.joulesPerToken),
    ].filter { !$0.errors.isEmpty }
  }

  private func predict(_ model: String, _ all: inout LeftOut) throws {
    let test = powerRows.filter { $0.model.name == model }
    let parameters = try fits.parameters(without: model)
    let fitter = powerFit(parameters)
    let watts = try fitter.watts(test, .measured, parameters.power)
    let chained = try fitter.watts(test, .modelled, parameters.power)
    let joules = try fitter.joulesPerToken(test, parameters.power)
    for (i, row) in test.enumerated() {
      let error = watts[i] / row.wattsPerGPU - 1
      if fits.powerFreedom.isEmpty {
        // Nothing was refitted: these errors stand in the table as those of the whole set.
      } else if row.set == "mlenergy-v2" {
        all.olderWatts.append(error)
      } else {
        all.watts.append(error)
      }
      guard !row.isHostStarved, engineRows.contains(where: { $0.set == row.set }) else { continue }
      all.chainedWatts.append(chained[i] / row.wattsPerGPU - 1)
      all.joulesPerToken.append(joules[i] / row.joulesPerToken - 1)
    }
  }

  // MARK: Rivals

  private func rivals() throws -> [Result] {
    let kernels = try engineFit(fit.parameters).kernelSeconds(engineRows)
    let watts = powerRows.map(\.wattsPerGPU)
    let meanWatts = watts.reduce(0, +) / Double(watts.count)
    let energyRows = powerRows.filter { row in engineRows.contains { $0.set == row.set } }
    let limit = fit.gpu.thermalDesignPower
    var results = [
      Result(
        what: "iteration time", how: "rival: kernels without the engine",
        errors: Self.errors(kernels, engineRows.map(\.iterationSeconds))),
      Result(
        what: "iteration time", how: "rival: bytes over bandwidth",
        errors: Self.errors(
          engineRows.map(bandwidthSeconds), engineRows.map(\.iterationSeconds))),
      Result(
        what: "power", how: "rival: the board limit",
        errors: Self.errors(watts.map { _ in limit }, watts)),
      Result(
        what: "power", how: "rival: the mean of these rows",
        errors: Self.errors(watts.map { _ in meanWatts }, watts)),
    ]
    guard !energyRows.isEmpty else { return results }
    let perParameter = energyRows.map { $0.joulesPerToken / Double($0.model.parameterCount) }
    let mean = perParameter.reduce(0, +) / Double(perParameter.count)
    results.append(
      Result(
        what: "energy per output token", how: "rival: constant per parameter",
        errors: Self.errors(perParameter.map { _ in mean }, perParameter)))
    return results
  }

  /// Weights and context read once at the data sheet's bandwidth.
  private func bandwidthSeconds(_ row: ServingMeasurement) -> Double {
    let context = row.batchRows * (row.promptTokens + row.outputTokens / 2)
    let bytes = row.model.weightBytes + context * row.model.cacheBytesPerToken
    return bytes / Double(row.tensorParallelDegree) / engineGPU.memoryBytesPerSecond
  }
}
