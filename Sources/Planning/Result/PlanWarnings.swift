internal import DeviceModels

/// What to know before believing a plan.
struct PlanWarnings {
  var question: PlanQuestion
  /// Nil where the plan names none.
  var node: NodeSheet?

  /// Those of the chosen fleet's trial, with the plan's own in the place of what they say of the
  /// node: that stands for the candidates' servers too, whichever is chosen.
  func all(trial: [String]) -> [String] {
    let kept = trial.filter { warning in
      node.map { !warning.hasPrefix("node \($0.name) on ") } ?? true
    }
    return kept + [servers, prices].compactMap(\.self)
  }

  private var servers: String? {
    guard let node else { return nil }
    let others = question.gpuNames.filter { $0 != node.measuredGPU }
    guard !others.isEmpty else { return nil }
    let watts = Int(node.hostPowerPerGPU.rounded())
    let factor = (node.wattsPerGPUWatt * 100).rounded() / 100
    return "the servers of \(others.joined(separator: ", ")) are taken to be as node \(node.name), "
      + "which was measured with \(node.gpuCount) \(node.measuredGPU): \(watts) W of host for each "
      + "GPU, and \(factor) W for each of its watts; a server with other GPUs may draw "
      + "less or more"
  }

  private var prices: String? {
    guard let sheet = question.prices else { return nil }
    let missing = question.gpuNames.filter { sheet.gpus[$0] == nil }
    guard !missing.isEmpty else { return nil }
    return "the prices \(sheet.name) name no \(missing.joined(separator: ", ")): fleets of it have "
      + "no costs here"
  }
}
