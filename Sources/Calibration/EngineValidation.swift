internal import DeviceModels
internal import NumericalMethods

/// Errors of one GPU's engine: in sample, with each model left out, dense models and mixtures of
/// experts apart, and on what was never fitted.
struct EngineValidation {
  typealias Result = ServingValidation.Result

  let gpu: GPUSheet
  let parameters: DeviceParameters
  let lossScale: Double
  let rows: [ServingMeasurement]
  /// Runs whose host held the GPU back.
  let starved: [ServingMeasurement]
  let freedom: EngineFreedom
  /// Nil where the rows tell how alike narrow traffic is.
  let traffic: BorrowedTraffic?
  /// What further numbers were fitted on, with the others held.
  let steps: [(what: String, numbers: String, rows: [ServingMeasurement])]

  private var fitter: EngineFit {
    EngineFit(gpu: gpu, parameters: parameters, lossScale: lossScale)
  }

  private func fitter(without model: String) throws -> EngineFit {
    var parameters = parameters
    if let traffic {
      parameters.engine.narrowRowShare = try traffic.narrowRowShare(without: model)
    }
    return EngineFit(gpu: gpu, parameters: parameters, lossScale: lossScale)
  }

  func results() throws -> [Result] {
    var results = try inSample("on its own rows", rows)
    results += try leftOut()
    for step in steps where !step.rows.isEmpty {
      results += try inSample("\(step.what), \(step.numbers) fitted on them", step.rows)
    }
    if !starved.isEmpty {
      results += try inSample("runs whose host held the GPU back, never fitted on", starved)
    }
    return results
  }

  private func inSample(_ how: String, _ rows: [ServingMeasurement]) throws -> [Result] {
    let seconds = try fitter.iterationSeconds(rows, parameters.engine)
    return [Result(what: "iteration time", how: how, errors: Self.errors(seconds, rows))]
  }

  private static func errors(_ seconds: [Double], _ rows: [ServingMeasurement]) -> [Double] {
    zip(seconds, rows).map { $0 / $1.iterationSeconds - 1 }
  }

  /// Errors on models that the fit never saw.
  private struct LeftOut {
    var time: [Double] = []
    var throughput: [Double] = []
    var median: [Double] = []
    var isDense: [Bool] = []
  }

  private func leftOut() throws -> [Result] {
    let models = Set(rows.map(\.model.name)).sorted()
    guard models.count > 2 else { return [] }
    var all = LeftOut()
    for model in models {
      let test = rows.filter { $0.model.name == model }
      let fitter = try fitter(without: model)
      let engine = try fitter.fit(rows.filter { $0.model.name != model }, freedom).engine
      let time = Self.errors(try fitter.iterationSeconds(test, engine), test)
      all.time += time
      all.throughput += time.map { 1 / (1 + $0) - 1 }
      all.median += zip(test, try fitter.medianSeconds(test, engine)).map { row, predicted in
        predicted / (row.medianInterTokenLatency ?? predicted) - 1
      }
      all.isDense += test.map { $0.model.experts == nil }
    }
    let how = "each model left out"
    func part(_ errors: [Double], dense: Bool) -> [Double] {
      zip(errors, all.isDense).filter { $0.1 == dense }.map(\.0)
    }
    return [
      Result(what: "iteration time", how: how, errors: all.time),
      Result(what: "iteration time, dense", how: how, errors: part(all.time, dense: true)),
      Result(what: "iteration time, experts", how: how, errors: part(all.time, dense: false)),
      Result(what: "throughput", how: how, errors: all.throughput),
      Result(
        what: "median inter-token latency, dense", how: how,
        errors: part(all.median, dense: true)),
      Result(
        what: "median inter-token latency, experts", how: how,
        errors: part(all.median, dense: false)),
    ].filter { !$0.errors.isEmpty }
  }
}
