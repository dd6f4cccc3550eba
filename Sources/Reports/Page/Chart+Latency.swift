internal import FleetEngine
internal import NumericalMethods
internal import Quantities
internal import Studies

extension Chart {
  /// The shares of requests at which the curves are read: even steps, and both tails.
  static let probabilities: [Double] =
    [0.001, 0.0025, 0.005, 0.01] + (1...49).map { Double($0) / 50 } + [
      0.99, 0.993, 0.995, 0.9975, 0.999, 0.9995, 1,
    ]

  /// How the three are read.
  static let latencyNote =
    "Share of completed requests at or below each time: further left is faster, and a curve that "
    + "flattens near the top has a slow tail."

  static func timeToFirstToken(_ study: StudyResult) -> Chart? {
    latency(
      study, id: "ttft", title: "Time to first token",
      axis: "time from arrival to first token", bound: \.timeToFirstToken
    ) { $0.timeToFirstToken }
  }

  static func timePerOutputToken(_ study: StudyResult) -> Chart? {
    latency(
      study, id: "tpot", title: "Time per output token",
      axis: "time per output token after the first", bound: \.timePerOutputToken
    ) { $0.timePerOutputToken }
  }

  static func endToEnd(_ study: StudyResult) -> Chart? {
    latency(
      study, id: "e2e", title: "End-to-end latency", axis: "time from arrival to last token",
      bound: \.endToEndLatency
    ) { $0.endToEnd }
  }

  private static func latency(
    _ study: StudyResult, id: String, title: String, axis: String,
    bound: KeyPath<ServiceLevelObjective, SimDuration?>,
    of sketch: (LatencySketches) -> QuantileSketch
  ) -> Chart? {
    let curves = study.runs.map { (name: $0.name, points: curve(of: sketch($0.result.latency))) }
    let seconds = curves.flatMap { $0.points.map(\.seconds) }
    guard let longest = seconds.max(), let shortest = seconds.min() else { return nil }
    let unit = LatencyUnit(holding: longest)
    let objective = study.runs.first?.fleet.objective[keyPath: bound]?.seconds
    // One far from everything would leave the curves a sliver of the picture.
    let shown = objective.flatMap {
      $0 < longest * farthestBound && $0 * farthestBound > shortest ? $0 * unit.perSecond : nil
    }
    let all = seconds.map { $0 * unit.perSecond } + [shown].compactMap(\.self)
    guard let scale = LogarithmicAxis(holding: all, margin: 1) else { return nil }
    let legend = policyLegend(study)
    var layers = [lines(curves, unit, legend)]
    if let shown { layers.append(objectiveLine(at: shown)) }
    return Chart(
      id: id, title: title,
      caption: shown.map { "Dashed: the objective, \(NumberText.figure($0)) \(unit.name)." } ?? "",
      legend: legend, picksPolicies: true,
      specification: [
        "height": 260,
        "encoding": [
          "x": [
            "type": "quantitative", "title": .string("\(axis) (\(unit.name))"),
            "scale": scale.scale, "axis": scale.axis(following: "x"),
          ]
        ],
        "layer": .array(layers),
      ])
  }

  /// How many times as long as the longest time, or as short as the shortest, a bound may be.
  private static let farthestBound = 20.0

  private static func lines(
    _ curves: [(name: String, points: [(share: Double, seconds: Double)])], _ unit: LatencyUnit,
    _ legend: [LegendEntry]
  ) -> JSONValue {
    let values = curves.flatMap { curve in
      curve.points.map { point -> JSONValue in
        [
          "policy": .string(curve.name), "time": .number(point.seconds * unit.perSecond),
          "share": .number(point.share),
        ]
      }
    }
    return [
      "data": ["values": .array(values)], "params": [panAndZoom],
      "mark": ["type": "line", "strokeWidth": 2, "clip": true],
      "encoding": [
        "x": ["field": "time"],
        "y": [
          "field": "share", "type": "quantitative", "title": "share of requests",
          "scale": ["domain": [0, 1]], "axis": percentAxis,
        ],
        "color": color(of: "policy", legend), "opacity": opacity(),
        "tooltip": [
          ["field": "policy"],
          ["field": "share", "type": "quantitative", "format": ".1%", "title": "within"],
          [
            "field": "time", "type": "quantitative", "format": ",.3~r",
            "title": .string(unit.name),
          ],
        ],
      ],
    ]
  }

  private static func objectiveLine(at bound: Double) -> JSONValue {
    [
      "data": ["values": [["bound": .number(bound)]]],
      "mark": ["type": "rule", "strokeDash": [5, 4], "clip": true],
      "encoding": ["x": ["field": "bound"], "color": ["value": "#888"]],
    ]
  }

  /// Quantiles in seconds; times of zero have no place on a logarithmic axis.
  private static func curve(of sketch: QuantileSketch) -> [(share: Double, seconds: Double)] {
    zip(probabilities, sketch.quantiles(probabilities) ?? []).compactMap { share, nanoseconds in
      nanoseconds > 0 ? (share, nanoseconds / 1e9) : nil
    }
  }
}

/// What latencies are told in: milliseconds as long as these stay short.
private struct LatencyUnit {
  let name: String
  let perSecond: Double

  init(holding longest: Double) {
    (name, perSecond) = longest < 5 ? ("ms", 1e3) : ("s", 1)
  }
}
