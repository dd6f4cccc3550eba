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
      blocks += [
        answer(chosen), figures(chosen), PlanSentences(plan).verdict(chosen), headroom(chosen),
      ]
      blocks += [inPlace(chosen), families, commands(chosen), sources]
    } else {
      blocks += [[PlanSentences.nothing], families]
    }
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
      .joined(separator: "\n")
  }

  private var warnings: [String] { plan.warnings.map { "warning: \($0)" } }

  private func answer(_ chosen: PlannedFleet) -> [String] {
    [
      "Least \(plan.question.goal.rawValue): \(chosen.fleet.family.title)",
      "  \(PlanSentences(plan).fleet(chosen))",
    ]
  }

  private func figures(_ chosen: PlannedFleet) -> [String] {
    TextTable(rows: PlanFigure.rows(of: chosen.economics).map { ["  \($0.name)", $0.text] })
      .lines()
  }

  /// By hour where the load changes, else in a line.
  private func headroom(_ chosen: PlannedFleet) -> [String] {
    guard let capacity = chosen.capacityFactor else { return [] }
    let demand = plan.question.demand
    let factors = demand.factorByHour
    guard Set(factors).count > 1 else {
      let share = NumberText.percent(PlanFigure.headroom(capacity), decimals: 0)
      return ["Headroom: \(share) of what the fleet bears is left."]
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
    return ["By hour of the day (headroom: what is left of what the fleet bears):"]
      + TextTable(rows: [header] + rows).lines()
  }

  private func inPlace(_ chosen: PlannedFleet) -> [String] {
    PlanSentences(plan).inPlace(chosen)
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

  private var sources: [String] {
    let sources = PlanSentences(plan).sources
    return sources.flatMap { [$0.title] + $0.lines.map { "  \($0)" } }
  }
}
