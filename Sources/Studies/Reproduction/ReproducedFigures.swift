internal import FleetEngine
internal import Quantities
internal import Scenarios

/// The figures of every run of a reproduction, by scenario, policy and task.
struct ReproducedFigures: Sendable {
  struct RunKey: Hashable {
    var scenario: String
    var policy: String
  }

  private struct Run {
    var figures: PolicyFigures
    var taskNames: [String]
    var sums: [TaskSums]
  }

  private var runs: [RunKey: Run] = [:]
  /// In the order of the scenarios' files.
  private var policies: [String: [String]] = [:]

  mutating func add(_ run: PolicyRun, _ sums: [TaskSums], in context: StudyContext) {
    let key = RunKey(scenario: context.scenarioName, policy: run.name)
    runs[key] = Run(
      figures: PolicyFigures(run, in: context), taskNames: context.taskNames, sums: sums)
    policies[context.scenarioName, default: []].append(run.name)
  }

  /// Nil where there is no such run, or where it is undefined.
  func value(_ formula: FigureFormula, in scenario: String) -> Double? {
    guard let figure = value(formula.figure, in: scenario) else { return nil }
    switch formula.combination {
    case .alone: return figure
    case .dividedBy(let other): return value(other, in: scenario).map { figure / $0 }
    case .minus(let other): return value(other, in: scenario).map { figure - $0 }
    }
  }

  func value(_ reference: FigureReference, in scenario: String) -> Double? {
    let name = reference.scenario ?? scenario
    guard let policy = reference.policy ?? policies[name]?.first,
      let run = runs[RunKey(scenario: name, policy: policy)]
    else { return nil }
    guard let task = reference.task else {
      return Self.whole(reference.quantity, run.figures)
        ?? run.sums.merged.value(reference.quantity)
    }
    guard let index = run.taskNames.firstIndex(of: task) else { return nil }
    return run.sums[index].value(reference.quantity)
  }

  /// What only the run as a whole can tell.
  private static func whole(_ quantity: FigureQuantity, _ figures: PolicyFigures) -> Double? {
    switch quantity {
    case .energyPerRequest: figures.energyPerRequest
    case .energyPerOutputToken: figures.energyPerOutputToken
    case .energyPerCorrect: figures.energyPerCorrect
    case .power: figures.meanPower.map { $0 / Double(figures.gpuCount) }
    case .outputTokensPerSecond: figures.outputTokensPerSecond
    default: nil
    }
  }
}

extension [TaskSums] {
  fileprivate var merged: TaskSums { reduce(into: TaskSums()) { $0.merge($1) } }
}

extension TaskSums {
  fileprivate func value(_ quantity: FigureQuantity) -> Double? {
    let attributed = (prefill + decode).joules
    return switch quantity {
    case .accuracy: per(judged) { Double(correct) }
    case .attributedPerRequest: per(completed) { attributed }
    case .attributedPerOutputToken: per(outputTokens) { attributed }
    case .prefillPerPromptToken: per(promptTokens) { prefill.joules }
    case .decodePerOutputToken: per(outputTokens) { decode.joules }
    case .promptTokens: per(completed) { Double(promptTokens) }
    case .outputTokens: per(completed) { Double(outputTokens) }
    case .outputTokensOfRight: per(correct) { Double(outputTokensOfRight) }
    case .outputTokensOfWrong: per(judged - correct) { Double(outputTokensOfWrong) }
    case .longestOutputTokens: per(1) { Double(longestOutput) }
    case .largestAttributed: per(1) { largestEnergy.joules }
    case .endToEndLatency: per(completed) { latency.seconds }
    case .energyPerRequest, .energyPerOutputToken, .energyPerCorrect, .power,
      .outputTokensPerSecond:
      nil
    }
  }

  private func per(_ count: Int, _ sum: () -> Double) -> Double? {
    count > 0 ? sum() / Double(count) : nil
  }
}
