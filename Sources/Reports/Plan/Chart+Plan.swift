internal import Planning

extension Chart {
  /// Every fleet that was simulated: what a month of it takes against the requests it keeps in
  /// time; nil where none has a place.
  static func triedFleets(_ plan: FleetPlan) -> Chart? {
    let shown = plan.tried.filter { ($0.peakMonth ?? 0) > 0 }
    guard let axis = LogarithmicAxis(holding: shown.compactMap(\.peakMonth), margin: 1.1) else {
      return nil
    }
    var titles: [String] = []
    for tried in shown where !titles.contains(tried.fleet.family.title) {
      titles.append(tried.fleet.family.title)
    }
    let legend = legend(of: titles)
    let unit = PlanFigure.unit(of: plan.question)
    let lowest = shown.map(\.attainment).min() ?? 0
    let floor = min(lowest, plan.question.attainment)
    let axes: [String: JSONValue] = [
      "x": [
        "field": "month", "type": "quantitative", "title": .string("\(unit), at the peak's load"),
        "scale": axis.scale, "axis": axis.axis(following: "x"),
      ],
      "y": [
        "field": "share", "type": "quantitative", "title": "requests within the objective",
        "scale": ["domain": [.number(max(0, floor - 0.02)), 1.02], "nice": false],
        "axis": percentAxis,
      ],
    ]
    return Chart(
      id: "tried-fleets", title: "Fleets that were tried",
      caption: "Each mark is a fleet that was simulated at the peak: what a month of that load "
        + "would take (logarithmic) across, without spare replicas, the share of requests within "
        + "the whole objective up. On or above the dashed line it is in time often enough; pale "
        + "ones are out for what the list of candidates says. The ring is the plan.",
      legend: legend,
      specification: [
        "height": 320,
        "layer": .array([
          attainmentLine(plan, axes), ring(plan, axes), marks(shown, plan, axes, legend),
        ]),
      ])
  }

  private static func attainmentLine(
    _ plan: FleetPlan, _ axes: [String: JSONValue]
  ) -> JSONValue {
    [
      "data": ["values": [["share": .number(plan.question.attainment)]]],
      "mark": ["type": "rule", "strokeDash": [5, 4], "clip": true],
      "encoding": .object(axes.filter { $0.key == "y" }.merging(gray) { own, _ in own }),
    ]
  }

  private static let gray: [String: JSONValue] = ["color": ["value": "#888"]]

  private static func ring(_ plan: FleetPlan, _ axes: [String: JSONValue]) -> JSONValue {
    let chosen = plan.chosen.map { chosen in
      PlacedFleet(
        family: chosen.fleet.family,
        replicas: chosen.fleet.replicas.map { $0 - chosen.spareReplicas })
    }
    let values = plan.tried.filter { $0.fleet == chosen }.map { tried -> JSONValue in
      ["month": .number(tried.peakMonth), "share": .number(tried.attainment)]
    }
    return [
      "data": ["values": .array(values)],
      "mark": ["type": "point", "size": 320, "strokeWidth": 2, "filled": false, "clip": true],
      "encoding": .object(axes.merging(gray) { own, _ in own }),
    ]
  }

  private static func marks(
    _ fleets: [TriedFleet], _ plan: FleetPlan, _ axes: [String: JSONValue],
    _ legend: [LegendEntry]
  ) -> JSONValue {
    let unit = PlanFigure.unit(of: plan.question)
    let out = plan.families.filter { if case .fails = $0.outcome { true } else { false } }
      .map(\.family)
    let values = fleets.map { tried -> JSONValue in
      [
        "family": .string(tried.fleet.family.title),
        "replicas": .string(tried.fleet.replicas.map(String.init).joined(separator: " + ")),
        "trials": .number(Double(tried.trialCount)), "month": .number(tried.peakMonth),
        "share": .number(tried.attainment), "out": .bool(out.contains(tried.fleet.family)),
      ]
    }
    var encoding = axes
    encoding["color"] = color(of: "family", legend)
    encoding["opacity"] = ["condition": ["test": "datum.out", "value": 0.3], "value": 1]
    encoding["tooltip"] = [
      ["field": "family"], ["field": "replicas"], ["field": "trials", "title": "simulations"],
      ["field": "month", "type": "quantitative", "format": ",.4~r", "title": .string(unit)],
      [
        "field": "share", "type": "quantitative", "format": ".2%", "title": "within the objective",
      ],
    ]
    return [
      "data": ["values": .array(values)], "params": [panAndZoom],
      "mark": ["type": "point", "filled": true, "size": 70, "clip": true],
      "encoding": .object(encoding),
    ]
  }

  /// How much of what the fleet bears each hour asks for; nil where the load never changes.
  static func headroom(_ plan: FleetPlan) -> Chart? {
    let demand = plan.question.demand
    guard let capacity = plan.chosen?.capacityFactor, Set(demand.factorByHour).count > 1 else {
      return nil
    }
    let limit = demand.peakFactor * capacity
    let values = demand.factorByHour.enumerated().map { hour, factor -> JSONValue in
      ["hour": .number(Double(hour)), "load": .number(factor / limit)]
    }
    return byHour(
      id: "headroom", title: "Load and headroom",
      caption: "What each hour asks for, as a share of what the fleet bears without its spare "
        + "replicas. What is left up to 100 % is headroom.",
      values: values, field: "load", axis: "of what the fleet bears", percent: true)
  }

  /// Power by hour; nil where it never changes.
  static func hourlyPower(_ plan: FleetPlan) -> Chart? {
    guard let watts = plan.chosen?.economics.wattsByHour, Set(watts).count > 1 else { return nil }
    let values = watts.enumerated().map { hour, watts -> JSONValue in
      ["hour": .number(Double(hour)), "kilowatts": .number(watts / 1e3)]
    }
    return byHour(
      id: "hourly-power", title: "Power", caption: "Mean power of the facility by hour of the day.",
      values: values, field: "kilowatts", axis: "power (kW)", percent: false)
  }

  /// Carbon by hour; nil without a grid.
  static func hourlyCarbon(_ plan: FleetPlan) -> Chart? {
    guard let grid = plan.question.grid, let watts = plan.chosen?.economics.wattsByHour else {
      return nil
    }
    let values = watts.enumerated().map { hour, watts -> JSONValue in
      let grams = grid.grams(atHour: hour)
      return [
        "hour": .number(Double(hour)), "kilograms": .number(watts / 1e3 * grams / 1e3),
      ]
    }
    return byHour(
      id: "hourly-carbon", title: "Carbon",
      caption: "Kilograms of CO2 equivalent that each hour of the day brings: its power at the "
        + "grid's intensity of that hour.",
      values: values, field: "kilograms", axis: "kg CO2e an hour", percent: false)
  }

  private static func byHour(
    id: String, title: String, caption: String, values: [JSONValue], field: String, axis: String,
    percent: Bool
  ) -> Chart {
    Chart(
      id: id, title: title, caption: caption, legend: [],
      specification: [
        "data": ["values": .array(values)], "height": 220,
        "mark": ["type": "bar", "color": "#4c86c6"],
        "encoding": [
          "x": [
            "field": "hour", "type": "ordinal", "title": "hour of the day",
            "axis": ["labelAngle": 0, "values": [0, 3, 6, 9, 12, 15, 18, 21]],
          ],
          "y": [
            "field": .string(field), "type": "quantitative", "title": .string(axis),
            "scale": percent ? ["domain": [0, 1]] : ["zero": true],
            "axis": percent ? percentAxis : ["format": ",~r"],
          ],
          "tooltip": [
            ["field": "hour"],
            [
              "field": .string(field), "type": "quantitative",
              "format": percent ? ".0%" : ",.3~r", "title": .string(axis),
            ],
          ],
        ],
      ])
  }
}
