internal import Planning

/// One figure of a planned fleet, in words.
struct PlanFigure {
  var name: String
  var text: String

  /// What a fleet takes, by month and by token.
  static func rows(of economics: FleetEconomics) -> [PlanFigure] {
    var rows = [
      PlanFigure(
        name: "kWh a month", text: NumberText.figure(economics.kilowattHoursPerMonth)),
      PlanFigure(name: "peak kW", text: NumberText.figure(economics.peakKilowatts)),
      PlanFigure(
        name: "J per output token", text: NumberText.figure(economics.joulesPerOutputToken)),
      PlanFigure(
        name: "million output tokens a month",
        text: NumberText.figure(economics.outputTokensPerMonth / 1e6)),
    ]
    if let money = economics.money {
      rows += [
        PlanFigure(
          name: "\(money.currency) a month", text: NumberText.fixed(money.total, decimals: 0)),
        PlanFigure(name: "  GPUs", text: NumberText.fixed(money.gpus, decimals: 0)),
        PlanFigure(name: "  electricity", text: NumberText.fixed(money.electricity, decimals: 0)),
        PlanFigure(name: "  peak demand", text: NumberText.fixed(money.peakDemand, decimals: 0)),
        PlanFigure(
          name: "\(money.currency) per million output tokens",
          text: NumberText.figure(economics.moneyPerMillionOutputTokens)),
      ]
    }
    if let carbon = economics.carbonKilograms {
      rows.append(PlanFigure(name: "kg CO2e a month", text: NumberText.figure(carbon)))
    }
    return rows
  }

  /// What is left at the peak, as a share of what the fleet bears: `capacity` times the peak.
  static func headroom(_ capacity: Double) -> Double { 1 - 1 / capacity }

  /// What the goal is counted in.
  static func unit(of question: PlanQuestion) -> String {
    switch question.goal {
    case .energy: "kWh a month"
    case .cost: "\(question.prices?.currency ?? "") a month"
    case .carbon: "kg CO2e a month"
    }
  }
}
