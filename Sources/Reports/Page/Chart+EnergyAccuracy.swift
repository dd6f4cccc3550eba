internal import Scenarios
internal import Studies

extension Chart {
  /// Energy per request against accuracy, one mark a policy; nil where nothing can be judged.
  static func energyAgainstAccuracy(_ study: StudyResult, _ comparison: PolicyComparison?) -> Chart?
  {
    let points = study.runs.compactMap { EnergyAccuracyPoint($0, study.context, comparison) }
    guard let axis = LogarithmicAxis(holding: points.map(\.energy), margin: 1.25) else {
      return nil
    }
    let legend = policyLegend(study)
    let title = "\(study.context.energyScope.noun) per request (J)"
    let corners = (comparison?.mixCorners ?? []).map { ($0.energyPerRequest, $0.accuracy) }
    return Chart(
      id: "energy-accuracy", title: "Energy against accuracy",
      caption: caption(study, comparison, hasCorners: corners.count > 1),
      legend: legend, picksPolicies: true,
      specification: [
        "data": ["values": .array(points.map(\.value))], "height": 340,
        "encoding": [
          "x": [
            "field": "energy", "type": "quantitative", "title": .string(title),
            "scale": axis.scale, "axis": axis.axis(following: "x"),
          ],
          "color": color(of: "policy", legend),
        ],
        "layer": .array(layers(points, corners, legend)),
      ])
  }

  /// A layer without data would have no extent: Vega warns of that.
  private static func layers(
    _ points: [EnergyAccuracyPoint], _ corners: [(energy: Double, accuracy: Double)],
    _ legend: [LegendEntry]
  ) -> [JSONValue] {
    let lines = [
      mixLine(corners), points.contains(where: \.isSwept) ? sweepLines : nil,
      points.contains(where: \.isOnFront) ? frontLine : nil,
    ]
    let bars = [accuracyBars, points.contains(where: \.hasEnergyInterval) ? energyBars : nil]
    return (lines + bars + [marks(legend)]).compactMap(\.self)
  }

  private static func caption(
    _ study: StudyResult, _ comparison: PolicyComparison?, hasCorners: Bool
  ) -> String {
    let base =
      "Each mark is a policy: \(study.context.energyScope.words), per request (logarithmic) "
      + "across, share of right answers up, with 95 % intervals. Up and to the left is better."
    guard comparison != nil else { return base }
    let front = base + " The dashed line joins the policies that none beats in both"
    return front
      + (hasCorners
        ? "; below and right of the dotted one, a coin between two fixed arms does better." : ".")
  }

  private static let accuracyAxis: JSONValue = [
    "field": "accuracy", "type": "quantitative", "title": "right answers",
    "scale": ["zero": false], "axis": percentAxis,
  ]

  private static let frontLine: JSONValue = [
    "transform": [["filter": "datum.front"]],
    "mark": ["type": "line", "strokeDash": [4, 4], "strokeWidth": 1.5],
    "encoding": [
      "y": accuracyAxis, "color": ["value": "#888"], "order": ["field": "energy"],
    ],
  ]

  /// Along which mixes of fixed arms lie: straight in energy, so a curve on this axis.
  private static func mixLine(_ corners: [(energy: Double, accuracy: Double)]) -> JSONValue? {
    guard corners.count > 1 else { return nil }
    let steps = 20
    let values = zip(corners, corners.dropFirst()).flatMap { low, high in
      (0...steps).map { step -> JSONValue in
        let share = Double(step) / Double(steps)
        return [
          "energy": .number(low.energy + share * (high.energy - low.energy)),
          "accuracy": .number(low.accuracy + share * (high.accuracy - low.accuracy)),
        ]
      }
    }
    return [
      "data": ["values": .array(values)],
      "mark": ["type": "line", "strokeDash": [1, 4], "strokeWidth": 2],
      "encoding": ["y": accuracyAxis, "color": ["value": "#888"], "order": ["field": "energy"]],
    ]
  }

  /// Joins the values of each swept policy.
  private static let sweepLines: JSONValue = [
    "transform": [["filter": "isValid(datum.sweep)"]],
    "mark": ["type": "line", "strokeWidth": 1, "clip": true],
    "encoding": [
      "y": accuracyAxis, "color": ["value": "#888"], "detail": ["field": "sweep"],
      "order": ["field": "energy"],
    ],
  ]

  private static let accuracyBars: JSONValue = [
    "mark": ["type": "rule", "strokeWidth": 1.5, "clip": true],
    "encoding": [
      "y": [
        "field": "low", "type": "quantitative", "title": "right answers",
        "scale": ["zero": false],
      ],
      "y2": ["field": "high"], "opacity": opacity(),
    ],
  ]

  private static let energyBars: JSONValue = [
    "transform": [["filter": "isValid(datum.least)"]],
    "mark": ["type": "rule", "strokeWidth": 1.5, "clip": true],
    "encoding": [
      "x": ["field": "least", "type": "quantitative"], "x2": ["field": "most"],
      "y": accuracyAxis, "opacity": opacity(),
    ],
  ]

  private static func marks(_ legend: [LegendEntry]) -> JSONValue {
    [
      "params": [panAndZoom],
      "mark": ["type": "point", "filled": true, "size": 110, "clip": true],
      "encoding": [
        "y": accuracyAxis, "opacity": opacity(), "shape": shape(of: "policy", legend),
        "tooltip": [
          ["field": "policy", "title": "policy"],
          ["field": "energy", "type": "quantitative", "format": ".4~g", "title": "J per request"],
          ["field": "least", "type": "quantitative", "format": ".4~g", "title": "from"],
          ["field": "most", "type": "quantitative", "format": ".4~g", "title": "to"],
          ["field": "accuracy", "type": "quantitative", "format": ".1%", "title": "right"],
          ["field": "low", "type": "quantitative", "format": ".1%", "title": "right, from"],
          ["field": "high", "type": "quantitative", "format": ".1%", "title": "right, to"],
        ],
      ],
    ]
  }
}

/// A mark of the chart: of the comparison where there is one, else of the one run.
private struct EnergyAccuracyPoint {
  let energy: Double
  let isOnFront: Bool
  let isSwept: Bool
  let hasEnergyInterval: Bool
  let value: JSONValue

  init?(_ run: PolicyRun, _ context: StudyContext, _ comparison: PolicyComparison?) {
    let figures = PolicyFigures(run, in: context)
    guard let own = figures.accuracy, let ownEnergy = figures.energyPerRequest, ownEnergy > 0
    else { return nil }
    let placed = comparison?.placed.first { $0.name == run.name }
    let energy = placed?.energyPerRequest?.value ?? ownEnergy
    self.energy = energy
    let energies = placed?.energyPerRequest?.interval
    let points = placed?.accuracyPoints
    let shares = points?.interval.map {
      max(0, $0.lowerBound / 100)...min(1, $0.upperBound / 100)
    }
    let interval = shares ?? own.interval()
    let sweep = context.familiesByPolicy[run.name]?.first { context.sweptFamilies.contains($0) }
    isSwept = sweep != nil
    isOnFront = comparison?.paretoFront.contains(run.name) ?? false
    hasEnergyInterval = energies != nil
    value = [
      "sweep": sweep.map(JSONValue.string) ?? .null,
      "policy": .string(run.name), "energy": .number(energy),
      "least": .number(energies.map { max($0.lowerBound, energy / 1e3) }),
      "most": .number(energies?.upperBound),
      "accuracy": .number(points.map { $0.value / 100 } ?? own.mean),
      "low": .number(interval.lowerBound), "high": .number(interval.upperBound),
      "front": .bool(isOnFront),
    ]
  }
}
