internal import Studies

extension Chart {
  /// Energy per request against accuracy, one mark a policy; nil where nothing can be judged.
  static func energyAgainstAccuracy(_ study: StudyResult, front: [String]) -> Chart? {
    let values = study.runs.compactMap { run -> JSONValue? in
      let figures = PolicyFigures(run, in: study.context)
      guard let accuracy = figures.accuracy, let energy = figures.energyPerRequest else {
        return nil
      }
      let interval = accuracy.interval()
      return [
        "policy": .string(run.name), "energy": .number(energy), "accuracy": .number(accuracy.mean),
        "low": .number(interval.lowerBound), "high": .number(interval.upperBound),
        "front": .bool(front.contains(run.name)),
      ]
    }
    let energies = study.runs.compactMap {
      PolicyFigures($0, in: study.context).point?.energyPerRequest
    }
    guard let axis = LogarithmicAxis(holding: energies, margin: 1.25) else { return nil }
    let legend = policyLegend(study)
    return Chart(
      id: "energy-accuracy", title: "Energy against accuracy",
      caption: "Each mark is a policy: GPU energy per request (idle included, logarithmic) "
        + "across, share of right answers up, with 95 % intervals. Up and to the left is better; "
        + "the line joins the policies that none beats in both.",
      legend: legend,
      specification: [
        "data": ["values": .array(values)], "height": 320,
        "encoding": [
          "x": [
            "field": "energy", "type": "quantitative", "title": "GPU energy per request (J)",
            "scale": axis.scale, "axis": axis.axis,
          ],
          "color": color(of: "policy", legend),
        ],
        "layer": .array([frontLine, intervalBars, marks]),
      ])
  }

  private static let accuracyAxis: JSONValue = [
    "field": "accuracy", "type": "quantitative", "title": "right answers",
    "scale": ["zero": false], "axis": ["format": ".0%"],
  ]

  private static let frontLine: JSONValue = [
    "transform": [["filter": "datum.front"]],
    "mark": ["type": "line", "strokeDash": [4, 4], "strokeWidth": 1.5],
    "encoding": [
      "y": accuracyAxis, "color": ["value": "#888"], "order": ["field": "energy"],
    ],
  ]

  private static let intervalBars: JSONValue = [
    "mark": ["type": "rule", "strokeWidth": 2],
    "encoding": [
      "y": [
        "field": "low", "type": "quantitative", "title": "right answers",
        "scale": ["zero": false],
      ],
      "y2": ["field": "high"],
    ],
  ]

  private static let marks: JSONValue = [
    "mark": ["type": "point", "filled": true, "size": 110, "opacity": 1],
    "encoding": [
      "y": accuracyAxis,
      "tooltip": [
        ["field": "policy", "title": "policy"],
        ["field": "energy", "type": "quantitative", "format": ".4~g", "title": "J per request"],
        ["field": "accuracy", "type": "quantitative", "format": ".1%", "title": "right"],
        ["field": "low", "type": "quantitative", "format": ".1%", "title": "from"],
        ["field": "high", "type": "quantitative", "format": ".1%", "title": "to"],
      ],
    ],
  ]
}
