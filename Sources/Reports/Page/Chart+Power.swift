internal import FleetEngine
internal import Quantities
internal import Studies

extension Chart {
  /// Most points of all policies together; beyond it neighbours are averaged.
  private static let pointLimit = 4000

  static func powerOverTime(_ study: StudyResult) -> Chart? {
    overTime(
      study, id: "power", title: "GPU power over time",
      caption: "Power of all GPUs of the fleet, averaged over equal stretches of simulated time.",
      axis: "GPU power (W)", format: ",.0f"
    ) { $0.watts }
  }

  /// Nil where hardly anything ever waited: then there is nothing to see.
  static func queueOverTime(_ study: StudyResult) -> Chart? {
    let waits = study.runs.contains { run in
      let bins = run.power.bins.compactMap(\.meanWaiting)
      let mean = bins.reduce(0, +) / Double(max(1, bins.count))
      return mean >= leastMeanQueue || bins.contains { $0 >= leastPeakQueue }
    }
    guard waits else { return nil }
    return overTime(
      study, id: "queue", title: "Queue over time",
      caption: "Requests that wait for a place in a batch, averaged over equal stretches of "
        + "simulated time. A line that keeps rising is a fleet that does not keep up.",
      axis: "requests waiting", format: ",.2~f"
    ) { $0.meanWaiting }
  }

  private static let leastMeanQueue = 0.5
  private static let leastPeakQueue = 5.0

  private static func overTime(
    _ study: StudyResult, id: String, title: String, caption: String, axis: String,
    format: String, of figure: (PowerBin) -> Double?
  ) -> Chart? {
    let unit = TimeUnit(holding: study.runs.map(\.result.end.seconds).max() ?? 0)
    let values = study.runs.flatMap { run in
      thinned(run.power, to: max(50, pointLimit / max(1, study.runs.count))).bins
        .compactMap { bin -> JSONValue? in
          guard let value = figure(bin) else { return nil }
          let middle = bin.start.seconds + bin.duration.seconds / 2
          return [
            "policy": .string(run.name), "time": .number(rounded(middle / unit.seconds)),
            "value": .number(rounded(value)),
          ]
        }
    }
    guard !values.isEmpty else { return nil }
    let legend = policyLegend(study)
    var chart = Chart(
      id: id, title: title, caption: caption, legend: legend, picksPolicies: true,
      specification: [
        "data": ["values": .array(values)], "height": 260, "params": panAndZoom,
        "mark": ["type": "line", "strokeWidth": 1.5, "clip": true],
        "encoding": [
          "x": [
            "field": "time", "type": "quantitative",
            "title": .string("simulated time (\(unit.name))"), "scale": ["nice": false],
            "axis": ["tickCount": ["expr": "max(3, ceil(width / 90))"], "format": ",~r"],
          ],
          "y": [
            "field": "value", "type": "quantitative", "title": .string(axis),
            "scale": ["zero": true], "axis": ["format": ",~r"],
          ],
          "color": color(of: "policy", legend), "opacity": opacity(),
          "tooltip": [
            ["field": "policy"],
            [
              "field": "time", "type": "quantitative", "format": ",.2f",
              "title": .string(unit.name),
            ],
            [
              "field": "value", "type": "quantitative", "format": .string(format),
              "title": .string(axis),
            ],
          ],
        ],
      ])
    chart.isWide = true
    return chart
  }

  private static func thinned(_ series: PowerSeries, to limit: Int) -> PowerSeries {
    var thin = series
    while thin.bins.count > limit { thin = thin.widened(toShift: thin.shift + 1) }
    return thin
  }

  /// Three decimals: what a picture can show, in fewer bytes.
  private static func rounded(_ number: Double) -> Double { (number * 1e3).rounded() / 1e3 }
}

/// What simulated time is told in, so that the numbers stay short.
private struct TimeUnit {
  let name: String
  let seconds: Double

  init(holding longest: Double) {
    (name, seconds) =
      switch longest {
      case ..<300: ("s", 1)
      case ..<18_000: ("min", 60)
      case ..<432_000: ("h", 3600)
      default: ("days", 86_400)
      }
  }
}
