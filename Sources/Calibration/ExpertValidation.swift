internal import DeviceModels

/// Errors of power and energy of mixtures of experts, whose power nothing was fitted on: they draw
/// what dense models do, and the cap while their eight-bit kernels take longer than alone.
struct ExpertValidation {
  typealias Result = ServingValidation.Result

  let gpu: GPUSheet
  let parameters: DeviceParameters
  let settings: DeviceFitSettings
  let rows: [ServingMeasurement]
  let leftOut: LeftOutFits

  /// By weight format, then all together, and rivals.
  func results() throws -> [Result] {
    guard !rows.isEmpty else { return [] }
    var measured: [WeightFormat: [Double]] = [:]
    var chained: [WeightFormat: [Double]] = [:]
    var joules: [WeightFormat: [Double]] = [:]
    for model in Set(rows.map(\.model.name)).sorted() {
      let own = rows.filter { $0.model.name == model }
      let parameters = try leftOut.parameters(without: model)
      let power = PowerFit(gpu: gpu, parameters: parameters, settings: settings)
      let watts = try power.watts(own, .measured, parameters.power)
      let modelled = try power.watts(own, .modelled, parameters.power)
      let energy = try power.joulesPerToken(own, parameters.power)
      for (i, row) in own.enumerated() {
        let format = row.model.weightFormat
        measured[format, default: []].append(watts[i] / row.wattsPerGPU - 1)
        guard !row.isHostStarved else { continue }
        chained[format, default: []].append(modelled[i] / row.wattsPerGPU - 1)
        joules[format, default: []].append(energy[i] / row.joulesPerToken - 1)
      }
    }
    let tables: [(String, [WeightFormat: [Double]])] = [
      ("power, time as measured", measured), ("power, time as modelled", chained),
      ("energy per output token", joules),
    ]
    return tables.flatMap { Self.lines($0.0, $0.1) } + rivals()
  }

  private static func lines(_ what: String, _ errors: [WeightFormat: [Double]]) -> [Result] {
    let formats = WeightFormat.allCases.filter { errors[$0] != nil }
    let all = formats.flatMap { errors[$0] ?? [] }
    let how = "each model left out"
    return formats.map {
      Result(what: "\(what), experts in \($0.rawValue)", how: how, errors: errors[$0] ?? [])
    } + [Result(what: "\(what), experts", how: how, errors: all)]
  }

  private func rivals() -> [Result] {
    let watts = rows.map(\.wattsPerGPU)
    let mean = watts.reduce(0, +) / Double(watts.count)
    let limit = gpu.thermalDesignPower
    let perParameter = rows.map { $0.joulesPerToken / Double($0.model.parameterCount) }
    let constant = perParameter.reduce(0, +) / Double(perParameter.count)
    return [
      Result(
        what: "power, experts", how: "rival: the board limit", errors: watts.map { limit / $0 - 1 }
      ),
      Result(
        what: "power, experts", how: "rival: the mean of these rows",
        errors: watts.map { mean / $0 - 1 }),
      Result(
        what: "energy per output token, experts", how: "rival: constant per parameter",
        errors: perParameter.map { constant / $0 - 1 }),
    ]
  }
}
