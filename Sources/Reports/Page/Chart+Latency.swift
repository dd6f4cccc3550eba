internal import FleetEngine
internal import NumericalMethods
internal import Studies

extension Chart {
  /// The shares of requests at which the curves are read: even steps, and both tails.
  static let probabilities: [Double] =
    [0.001, 0.0025, 0.005, 0.01] + (1...49).map { Double($0) / 50 } + [
      0.99, 0.993, 0.995, 0.9975, 0.999, 0.9995, 1,
    ]

  static func timeToFirstToken(_ study: StudyResult) -> Chart? {
    latency(
      study, id: "ttft", title: "Time to first token",
      axis: "time from arrival to first token (s)"
    ) { $0.timeToFirstToken }
  }

  static func timePerOutputToken(_ study: StudyResult) -> Chart? {
    latency(
      study, id: "tpot", title: "Time per output token",
      axis: "time per output token after the first (s)"
    ) { $0.timePerOutputToken }
  }

  static func endToEnd(_ study: StudyResult) -> Chart? {
    latency(
      study, id: "e2e", title: "End-to-end latency",
      axis: "time from arrival to last token (s)"
    ) { $0.endToEnd }
  }

  private static func latency(
    _ study: StudyResult, id: String, title: String, axis: String,
    of sketch: (LatencySketches) -> QuantileSketch
  ) -> Chart? {
    let curves = study.runs.map { ($0.name, curve(of: sketch($0.result.latency))) }
    let values = curves.flatMap { name, points in
      points.map { point -> JSONValue in
        [
          "policy": .string(name), "seconds": .number(point.seconds),
          "share": .number(point.share),
        ]
      }
    }
    let seconds = curves.flatMap { $0.1.map(\.seconds) }
    guard let scale = LogarithmicAxis(holding: seconds, margin: 1) else { return nil }
    let legend = policyLegend(study)
    return Chart(
      id: id, title: title,
      caption: "Share of completed requests at or below each time. A curve further to the left "
        + "is faster; where it flattens near the top is the slow tail.",
      legend: legend, picksPolicies: true,
      specification: [
        "data": ["values": .array(values)], "height": 260, "params": panAndZoom,
        "mark": ["type": "line", "strokeWidth": 2, "clip": true],
        "encoding": [
          "x": [
            "field": "seconds", "type": "quantitative", "title": .string(axis),
            "scale": scale.scale, "axis": scale.axis(following: "x"),
          ],
          "y": [
            "field": "share", "type": "quantitative", "title": "share of requests",
            "scale": ["domain": [0, 1]], "axis": ["format": ".0~%"],
          ],
          "color": color(of: "policy", legend), "opacity": opacity(),
          "tooltip": [
            ["field": "policy"],
            ["field": "share", "type": "quantitative", "format": ".1%", "title": "within"],
            ["field": "seconds", "type": "quantitative", "format": ".3~g", "title": "s"],
          ],
        ],
      ])
  }

  /// Quantiles in seconds; times of zero have no place on a logarithmic axis.
  private static func curve(of sketch: QuantileSketch) -> [(share: Double, seconds: Double)] {
    zip(probabilities, sketch.quantiles(probabilities) ?? []).compactMap { share, nanoseconds in
      nanoseconds > 0 ? (share, nanoseconds / 1e9) : nil
    }
  }
}
