import AnswerModels
import FleetEngine
import Quantities
import Workloads

extension RandomScenario: CustomStringConvertible {
  /// Everything that a run depends on; the seed alone reproduces it.
  public var description: String {
    let pools = fleet.pools.map { pool in
      "  pool \(pool.replicaCount) × \(pool.limits)\n    \(pool.rules)\n    \(pool.model)"
    }
    let arms = fleet.arms.map {
      "  arm of \($0.samples) samples on pools \($0.pools)\($0.course.map { ", \($0)" } ?? "")"
    }
    let run = [
      "  \(policy)", "  arrivals \(fleet.arrivals), window \(fleet.window), seed \(fleet.seed)",
      "  intervals of \(fleet.seriesInterval.ticks) ticks, \(fleet.objective)",
    ]
    return
      (["RandomScenario(seed: \(seed))", "  \(features)"] + run + pools + arms
      + allQueries.map(line(of:))).joined(separator: "\n")
  }

  private func line(of query: Query) -> String {
    let outputs = fleet.arms.indices.map { arm in
      (0..<fleet.arms[arm].samples).map {
        answers.lengths(of: query, arm: arm, sample: $0).outputTokens
      }
    }
    let prompts = fleet.arms.indices.map { answers.promptTokens(of: query, arm: $0) }
    var parts = ["query \(query.id)"]
    if let (previous, followUp) = followUps.first(where: { $0.value.query.id == query.id }) {
      parts.append("\(followUp.thinkTime.ticks) ticks after \(previous) has ended")
    } else {
      parts.append("at \(query.arrival.ticks)")
    }
    parts.append("prompts by arm \(prompts)")
    parts.append("outputs by arm \(outputs)")
    if query.priority != 0 { parts.append("priority \(query.priority)") }
    if let timeout = query.context.timeout { parts.append("timeout \(timeout.ticks)") }
    if let patience = query.context.patience { parts.append("patience \(patience.ticks)") }
    if !query.context.prefixBlockIDs.isEmpty {
      let names = query.context.prefixBlockIDs.map { String($0 % 0x10000, radix: 16) }
      parts.append("prefix blocks [\(names.joined(separator: " "))]")
    }
    return "  " + parts.joined(separator: ", ")
  }
}
