internal import DeviceModels
public import Foundation
internal import Scenarios

/// Measured closed loops predicted by runs of the simulator, each model left out of the fit that
/// predicts it.
public enum SimulatedFits {
  /// The publication whose rows say how many requests were in flight.
  static let set = "mlenergy-v3"

  /// Markdown: errors of throughput, gaps between tokens, power and energy by GPU and kind.
  ///
  /// Fits anew, then simulates every row: minutes. Throws as `DeviceFits.run` does.
  public static func table(
    dataFolder: URL, calibrationFolder: URL, progress: (String) -> Void = { _ in }
  ) throws -> String {
    let fitting = try DeviceFits.fitted(
      dataFolder: dataFolder, calibrationFolder: calibrationFolder)
    let catalog = try Catalog.load(path: calibrationFolder.path)
    var lines: [DeviceErrorTable.Line] = []
    for fit in fitting.fits {
      guard let validation = try ServingValidation(fitting, fit) else { continue }
      let simulated = SimulatedValidation(
        validation: validation,
        serving: SimulatedServing(catalog: catalog, settings: fitting.settings))
      lines += try simulated.lines(progress)
    }
    return """
      # Errors through the simulator

      Each row of ML.ENERGY v3 as a run of its own, three times: as many requests as were sent, as
      many in flight, prompts of the assumed length, outputs drawn with the published mean and
      spread, by numbers that were fitted without the row's model. What counts lies between the
      first token of the last slot to begin and the last request sent. Relative errors in percent;
      bias is the mean signed error. Written by
      `joulefleet calibrate publications --through-simulator`.


      """ + DeviceErrorTable.table(lines)
  }
}

/// The rows of one GPU.
struct SimulatedValidation {
  let validation: ServingValidation
  let serving: SimulatedServing

  /// Signed errors of one row.
  struct Errors {
    let row: ServingMeasurement
    let throughput, median, power, energy: Double
  }

  /// Rows that a loop can be made of, hosts that held their GPU back left out.
  var rows: [ServingMeasurement] {
    let all = validation.fits.engineRows + validation.fits.powerRows + validation.expertRows
    var seen: Set<String> = []
    return all.filter { row in
      row.set == SimulatedFits.set && row.concurrency > 0 && !row.isHostStarved
        && seen.insert(row.identity).inserted
    }
  }

  func errors(_ row: ServingMeasurement, _ parameters: DeviceParameters) throws -> Errors {
    let outcome = try serving.run(row, gpu: validation.fits.engineGPU, parameters: parameters)
    let measured = row.batchRows / row.iterationSeconds
    return Errors(
      row: row, throughput: outcome.tokensPerSecond / measured - 1,
      median: outcome.medianInterTokenLatency / (row.medianInterTokenLatency ?? .nan) - 1,
      power: outcome.wattsPerGPU / row.wattsPerGPU - 1,
      energy: outcome.joulesPerToken / row.joulesPerToken - 1)
  }

  func lines(_ progress: (String) -> Void) throws -> [DeviceErrorTable.Line] {
    let rows = rows
    let overflowing = validation.overflowingRows
    var all: [Errors] = []
    var beyond: [Errors] = []
    for model in Set(rows.map(\.model.name)).sorted() {
      let parameters = try validation.fits.parameters(without: model)
      progress("\(validation.fit.gpu.name): \(model)")
      for row in rows where row.model.name == model { all.append(try errors(row, parameters)) }
      for row in overflowing where row.model.name == model {
        beyond.append(try errors(row, parameters))
      }
    }
    let kinds = ServedKind.all.filter { kind in all.contains { ServedKind($0.row.model) == kind } }
    return kinds.flatMap { kind in
      lines(kind.name, all.filter { ServedKind($0.row.model) == kind })
    } + (all.isEmpty ? [] : lines("all", all))
      + (beyond.isEmpty ? [] : lines("more in flight than the cache holds", beyond))
  }

  private func lines(_ kind: String, _ errors: [Errors]) -> [DeviceErrorTable.Line] {
    let quantities: [(String, KeyPath<Errors, Double>)] = [
      ("throughput", \.throughput), ("median inter-token latency", \.median),
      ("GPU power", \.power), ("energy per output token", \.energy),
    ]
    return quantities.map { name, path in
      DeviceErrorTable.Line(
        gpu: validation.fit.gpu.name, what: "\(name), \(kind)", how: "each model left out",
        errors: ErrorSummary(errors.map { $0[keyPath: path] }))
    }
  }
}

extension ServingMeasurement {
  /// What tells it from every other row of its publication.
  fileprivate var identity: String {
    "\(task) \(model.name) \(model.weightFormat) \(tensorParallelDegree) \(concurrency) "
      + "\(batchRows) \(iterationSeconds)"
  }
}
