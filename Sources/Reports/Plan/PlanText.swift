internal import Foundation
public import Planning
internal import Scenarios

/// A plan for the terminal: the answer first, then what it stands on.
public struct PlanText {
  private let plan: FleetPlan

  public init(_ plan: FleetPlan) { self.plan = plan }

  public var text: String {
    var blocks: [[String]] = [warnings]
    if let chosen = plan.chosen {
      blocks += [answer(chosen), figures(chosen), verdict(chosen), headroom(chosen)]
      blocks += [inPlace(chosen), families, commands(chosen), sources]
    } else {
      blocks += [["No candidate does what is asked."], families]
    }
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
      .joined(separator: "\n")
  }

  private var warnings: [String] { plan.warnings.map { "warning: \($0)" } }

  private func answer(_ chosen: PlannedFleet) -> [String] {
    let question = plan.question
    let spare = chosen.spareReplicas > 0 ? " (\(chosen.spareReplicas) of each pool spare)" : ""
    let pools = zip(chosen.fleet.family.pools, chosen.fleet.replicas).map { pool, count in
      let degree = pool.tensorParallel > 1 ? " × \(pool.tensorParallel)" : ""
      return "\(count) replicas of \(pool.model) on \(pool.gpu)\(degree)"
    }
    return [
      "Least \(question.goal.rawValue): \(chosen.fleet.family.title)",
      "  \(pools.joined(separator: "; "))\(spare), \(chosen.fleet.gpuCount) GPUs",
    ]
  }

  private func figures(_ chosen: PlannedFleet) -> [String] {
    TextTable(rows: PlanFigure.rows(of: chosen.economics).map { ["  \($0.name)", $0.text] })
      .lines()
  }

  private func verdict(_ chosen: PlannedFleet) -> [String] {
    let check = chosen.verification
    let share = NumberText.percent(plan.question.attainment)
    var lines = [
      "Meets in \(check.met) of \(check.count) replications (\(share) of requests asked for, "
        + "\(NumberText.percent(check.leastAttainment, decimals: 2)) in the worst)."
    ]
    if let binding = check.binding {
      lines.append("Nearest to its bound: \(Self.text(binding, share: share)).")
    }
    if let accuracy = check.accuracy {
      let floor = plan.question.accuracyFloor.map { ", asked for \(NumberText.percent($0))" } ?? ""
      lines.append("Right answers: \(NumberText.percent(accuracy))\(floor).")
    }
    for less in chosen.oneLess {
      let what = less.verification.binding.map { ": \(Self.text($0, share: share))" } ?? ""
      lines.append(
        "One replica less of \(PlanFamily.poolName(less.pool)) meets in "
          + "\(less.verification.met) of \(less.verification.count)\(what).")
    }
    return lines
  }

  private static func text(_ margin: LatencyMargin, share: String) -> String {
    "\(margin.name) of \(share) within \(NumberText.figure(margin.milliseconds)), bound "
      + NumberText.figure(margin.bound)
  }

  /// By hour where the load changes, else in a line.
  private func headroom(_ chosen: PlannedFleet) -> [String] {
    guard let capacity = chosen.capacityFactor else { return [] }
    let demand = plan.question.demand
    let factors = demand.factorByHour
    guard Set(factors).count > 1 else {
      return ["Headroom: the fleet bears \(NumberText.percent(capacity - 1, decimals: 0)) more."]
    }
    let limit = demand.peakFactor * capacity
    let rows = factors.enumerated().map { hour, factor in
      [
        "  \(hour)", NumberText.percent(1 - factor / limit, decimals: 0),
        NumberText.figure(chosen.economics.wattsByHour[hour] / 1e3),
      ] + (plan.question.grid.map { [NumberText.figure($0.grams(atHour: hour))] } ?? [])
    }
    let header =
      ["  hour", "headroom", "kW"] + (plan.question.grid == nil ? [] : ["g CO2e/kWh"])
    return ["By hour of the day:"] + TextTable(rows: [header] + rows).lines()
  }

  private func inPlace(_ chosen: PlannedFleet) -> [String] {
    guard let placed = plan.inPlace else { return [] }
    let goal = plan.question.goal
    let met = "meets in \(placed.verification.met) of \(placed.verification.count)"
    guard let now = placed.economics.value(of: goal), let then = chosen.economics.value(of: goal)
    else { return [] }
    let change = NumberText.signed(100 * (then / now - 1))
    return [
      "In place: \(placed.fleet.replicas.map(String.init).joined(separator: " and ")) replicas, "
        + "\(placed.fleet.family.title), \(met).",
      "The plan takes \(change) % \(goal.rawValue).",
    ]
  }

  private var families: [String] {
    let unit = PlanFigure.unit(of: plan.question)
    let rows = plan.families.map { verdict -> [String] in
      switch verdict.outcome {
      case .meets(let replicas, let economics):
        [
          "  \(verdict.family.title)", replicas.map(String.init).joined(separator: " + "),
          NumberText.figure(economics.value(of: plan.question.goal)), "meets",
        ]
      case .outbid(let least):
        ["  \(verdict.family.title)", "", "≥ \(NumberText.figure(least))", "by its means"]
      case .fails(let reason): ["  \(verdict.family.title)", "", "", reason]
      }
    }
    let header = ["  candidate", "replicas", unit, ""]
    return ["Candidates:"] + TextTable(rows: [header] + rows, leftAligned: true).lines()
  }

  private func commands(_ chosen: PlannedFleet) -> [String] {
    let pools = chosen.fleet.family.pools
    return ["Each replica is started as:"]
      + zip(pools, chosen.serveCommands).flatMap { pool, command in
        (pool.capWatts.map { ["  nvidia-smi --power-limit \(NumberText.figure($0))"] } ?? [])
          + ["  \(command)"]
      }
  }

  /// Where prices and carbon come from.
  private var sources: [String] {
    var lines: [String] = []
    if let prices = plan.question.prices {
      let used = Set(plan.chosen?.fleet.gpusByName.keys.map { $0 } ?? [])
      let rows =
        [("electricity", prices.electricity), ("peak demand", prices.demand)].compactMap {
          name, price in
          price.map { "  \(name): \($0.value) \($0.unit) (\($0.source))" }
        }
        + prices.gpus.filter { used.contains($0.key) }.sorted { $0.key < $1.key }.map {
          "  \($0.key): \($0.value.source)"
        }
      lines += ["Prices: \(prices.title)"] + rows
    }
    if let grid = plan.question.grid { lines.append("Carbon: \(grid.title) (\(grid.source))") }
    return lines
  }
}
