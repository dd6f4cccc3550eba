internal import Foundation
internal import Scenarios
internal import Synchronization

/// How long a trial lasts: queries of so many seconds, of which the first ones warm up.
struct TrialWindow: Hashable, Sendable {
  var warmupSeconds: Double
  var seconds: Double
}

/// The scenarios of one family, read once for each seed and load.
final class TrialScenarios: Sendable {
  struct Key: Hashable {
    var seed: UInt64
    /// Multiple of the plan's rate.
    var factor: Double
    /// Nil for the whole of a trace.
    var window: TrialWindow?
  }

  let family: PlanFamily
  private let question: PlanQuestion
  private let catalog: Catalog
  private let known = Mutex<[Key: Scenario]>([:])

  init(_ family: PlanFamily, of question: PlanQuestion, catalog: Catalog) {
    self.family = family
    self.question = question
    self.catalog = catalog
  }

  /// The scenario with one replica of each pool.
  func scenario(_ key: Key) throws -> Scenario {
    if let scenario = known.withLock({ $0[key] }) { return scenario }
    let scenario = try read(key)
    known.withLock { $0[key] = scenario }
    return scenario
  }

  /// The same with replicas by pool.
  func scenario(_ key: Key, replicas: [Int]) throws -> Scenario {
    var scenario = try scenario(key)
    for (index, count) in replicas.enumerated() { scenario.pools[index].replicaCount = count }
    return scenario
  }

  private func read(_ key: Key) throws -> Scenario {
    var settings = family.settings(replicas: Array(repeating: 1, count: family.pools.count))
    var removed = ["measurement"]
    if let rate = question.demand.rate, let window = key.window {
      removed += ["workload.requests", "workload.sessions", "workload.daily_profile"]
      removed += ["workload.time_of_day"]
      let end = DecimalText.of(window.warmupSeconds + window.seconds)
      settings += [
        ScenarioSetting(path: "workload.arrivals.rate", value: DecimalText.of(rate * key.factor)),
        ScenarioSetting(path: "workload.duration", value: "\(end) s"),
      ]
      if window.warmupSeconds > 0 {
        let warmup = DecimalText.of(window.warmupSeconds)
        settings.append(
          ScenarioSetting(
            path: "measurement", value: "{warmup: \(warmup) s, until: \(end) s}"))
      }
    } else {
      settings.append(
        ScenarioSetting(path: "workload.trace.speedup", value: DecimalText.of(key.factor)))
    }
    do {
      let text = try ScenarioVariant.text(
        of: question.text, file: question.file, settings: settings, removing: removed)
      return try Scenario.parse(
        text: text, file: question.file, catalog: catalog, seed: key.seed)
    } catch var error as InputError {
      // Lines are those of a text that nobody sees.
      (error.line, error.column) = (nil, nil)
      throw error
    }
  }
}

/// Numbers as a scenario takes them.
enum DecimalText {
  static func of(_ value: Double) -> String {
    String(format: "%.9g", locale: Locale(identifier: "en_US_POSIX"), value)
  }
}
