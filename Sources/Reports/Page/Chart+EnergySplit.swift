internal import FleetEngine
internal import Quantities
internal import Studies

extension Chart {
  /// What the energy went into, per completed request.
  static func energySplit(_ study: StudyResult) -> Chart? {
    let values = study.runs.flatMap { run -> [JSONValue] in
      let count = Double(run.result.requests.completed)
      guard count > 0 else { return [] }
      let energy = run.result.energy
      let shares = [("prefill", energy.prefill), ("decode", energy.decode), ("idle", energy.idle)]
      return shares.enumerated().map { order, part in
        [
          "policy": .string(run.name), "part": .string(part.0), "order": .number(Double(order)),
          "energy": .number(part.1.joules / count),
        ]
      }
    }
    guard !values.isEmpty else { return nil }
    return Chart(
      id: "energy-split", title: "Where the energy goes",
      caption: "GPU energy per completed request by phase. Idle is what loaded GPUs draw while "
        + "they compute nothing; it belongs to no request.",
      legend: parts,
      specification: [
        "data": ["values": .array(values)], "height": .number(Double(34 * study.runs.count)),
        "mark": ["type": "bar"],
        "encoding": [
          "y": [
            "field": "policy", "type": "nominal", "title": .null,
            "sort": .array(study.runs.map { .string($0.name) }), "axis": ["labelLimit": 150],
          ],
          "x": [
            "field": "energy", "type": "quantitative", "title": "GPU energy per request (J)",
          ],
          "color": color(of: "part", parts),
          "order": ["field": "order", "type": "quantitative"],
          "tooltip": [
            ["field": "policy"], ["field": "part"],
            ["field": "energy", "type": "quantitative", "format": ".4~g", "title": "J"],
          ],
        ],
      ])
  }

  private static let parts = [
    LegendEntry(label: "prefill", color: "#e8a33d"),
    LegendEntry(label: "decode", color: "#3d7fd9"), LegendEntry(label: "idle", color: "#9aa0a6"),
  ]
}
