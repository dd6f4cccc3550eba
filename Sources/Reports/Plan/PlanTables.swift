internal import Planning

/// The tables of a plan's page.
struct PlanTables {
  let plan: FleetPlan

  /// The plan's fleet, those with one replica less and the one in place, beside what is asked.
  func binding(_ chosen: PlannedFleet) -> String {
    let share = "\(NumberText.figure(100 * plan.question.attainment, significant: 2)) %"
    let latencies = chosen.verification.margins
    let spare = chosen.spareReplicas
    let replicas = chosen.fleet.replicas.map { $0 - spare }
    var rows = [row("the plan, \(Self.text(replicas))", chosen.verification, latencies)]
    for less in chosen.oneLess {
      var smaller = replicas
      smaller[less.pool] -= 1
      rows.append(row("one less, \(Self.text(smaller))", less.verification, latencies))
    }
    if let placed = plan.inPlace {
      rows.append(
        row("in place, \(Self.text(placed.fleet.replicas))", placed.verification, latencies))
    }
    return HTMLTable(
      caption: "What binds: the worst of the replications\(spare > 0 ? ", spares down" : "")",
      header: ["fleet", "meets", "in time, at worst"]
        + latencies.map { "\($0.name) of \(share) (asked: \(NumberText.figure($0.bound)))" }
        + ["right"],
      rows: rows
    ).text
  }

  private func row(
    _ name: String, _ check: Verification, _ latencies: [LatencyMargin]
  ) -> [HTMLTable.Cell] {
    let share = plan.question.attainment
    let isWhole = check.leastAttainment >= share
    return [
      HTMLTable.Cell(name), HTMLTable.Cell("\(check.met) of \(check.count)"),
      HTMLTable.Cell(
        NumberText.percent(check.leastAttainment, decimals: 2), style: isWhole ? "yes" : "no",
        spoken: isWhole ? "enough: " : "too few: "),
    ]
      + latencies.map { asked in
        guard let margin = check.margins.first(where: { $0.name == asked.name }) else {
          return HTMLTable.Cell(NumberText.none)
        }
        let isKept = margin.ratio <= 1
        return HTMLTable.Cell(
          NumberText.figure(margin.milliseconds), style: isKept ? "yes" : "no",
          spoken: isKept ? "kept: " : "violated: ")
      } + [HTMLTable.Cell(NumberText.percent(check.accuracy))]
  }

  private static func text(_ replicas: [Int]) -> String {
    replicas.map(String.init).joined(separator: " + ")
  }

  /// What it takes, beside what the fleet in place takes.
  func figures(_ chosen: PlannedFleet) -> String {
    let own = PlanFigure.rows(of: chosen.economics)
    let placed = plan.inPlace.map { PlanFigure.rows(of: $0.economics) } ?? []
    return HTMLTable(
      caption: "What it takes", header: ["", "the plan"] + (placed.isEmpty ? [] : ["in place"]),
      rows: own.map { figure in
        let other = placed.first { $0.name == figure.name }?.text ?? NumberText.none
        return [HTMLTable.Cell(figure.wholeName), HTMLTable.Cell(figure.text)]
          + (placed.isEmpty ? [] : [HTMLTable.Cell(other)])
      }
    ).text
  }

  /// Every candidate with what became of it.
  var candidates: String {
    let unit = PlanFigure.unit(of: plan.question)
    let rows = plan.families.map { verdict -> [HTMLTable.Cell] in
      let title = HTMLTable.Cell(verdict.family.title)
      switch verdict.outcome {
      case .meets(let replicas, let economics):
        let isChosen = verdict.family == plan.chosen?.fleet.family
        return [
          title, HTMLTable.Cell(Self.text(replicas)),
          HTMLTable.Cell(NumberText.figure(economics.value(of: plan.question.goal))),
          HTMLTable.Cell(isChosen ? "the plan" : "meets", style: isChosen ? "yes words" : "words"),
        ]
      case .outbid(let least):
        return [
          title, HTMLTable.Cell(NumberText.none), HTMLTable.Cell("≥ \(NumberText.figure(least))"),
          HTMLTable.Cell("takes more by its means, not simulated", style: "open words"),
        ]
      case .fails(let reason):
        return [
          title, HTMLTable.Cell(NumberText.none), HTMLTable.Cell(NumberText.none),
          HTMLTable.Cell(reason, style: "no sentence"),
        ]
      }
    }
    return HTMLTable(
      caption: "Candidates", header: ["candidate", "replicas", unit, "verdict"], rows: rows,
      wordColumns: [3]
    ).text
  }
}

extension PlanFigure {
  /// A part of the figure above it is set in by two spaces on a terminal.
  fileprivate var wholeName: String {
    name.hasPrefix("  ") ? "of which " + name.drop { $0 == " " } : name
  }
}
