internal import Quantities
internal import Studies

extension Chart {
  /// Most points of all policies together; beyond it neighbours are averaged.
  private static let pointLimit = 4000

  static func powerOverTime(_ study: StudyResult) -> Chart? {
    let values = study.runs.flatMap { run in
      thinned(run.power, to: max(50, pointLimit / max(1, study.runs.count))).bins
        .compactMap { bin -> JSONValue? in
          guard let watts = bin.watts else { return nil }
          let middle = bin.start.seconds + bin.duration.seconds / 2
          return [
            "policy": .string(run.name), "minutes": .number(rounded(middle / 60)),
            "watts": .number(rounded(watts)),
          ]
        }
    }
    guard !values.isEmpty else { return nil }
    let legend = policyLegend(study)
    var chart = Chart(
      id: "power", title: "GPU power over time",
      caption: "Power of all GPUs of the fleet, averaged over equal stretches of simulated time.",
      legend: legend,
      specification: [
        "data": ["values": .array(values)], "height": 260,
        "mark": ["type": "line", "strokeWidth": 1.5],
        "encoding": [
          "x": [
            "field": "minutes", "type": "quantitative", "title": "simulated time (min)",
            "scale": ["nice": false],
          ],
          "y": [
            "field": "watts", "type": "quantitative", "title": "GPU power (W)",
            "scale": ["zero": true], "axis": ["format": ",~r"],
          ],
          "color": color(of: "policy", legend),
          "tooltip": [
            ["field": "policy"],
            ["field": "minutes", "type": "quantitative", "format": ".2f", "title": "minute"],
            ["field": "watts", "type": "quantitative", "format": ",.0f", "title": "W"],
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
