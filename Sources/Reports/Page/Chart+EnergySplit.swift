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
      let parts = [("prefill", energy.prefill), ("decode", energy.decode), ("idle", energy.idle)]
      return parts.enumerated().map { order, part in
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
      specification: [
        "data": ["values": .array(values)], "height": ["step": 34],
        "mark": ["type": "bar"],
        "encoding": [
          "y": [
            "field": "policy", "type": "nominal", "title": .null,
            "sort": .array(study.runs.map { .string($0.name) }), "axis": ["labelLimit": 150],
          ],
          "x": [
            "field": "energy", "type": "quantitative", "title": "GPU energy per request (J)",
          ],
          "color": partColor,
          "order": ["field": "order", "type": "quantitative"],
          "tooltip": [
            ["field": "policy"], ["field": "part"],
            ["field": "energy", "type": "quantitative", "format": ".4~g", "title": "J"],
          ],
        ],
      ])
  }

  private static let partColor: JSONValue = [
    "field": "part", "type": "nominal",
    "scale": [
      "domain": ["prefill", "decode", "idle"], "range": ["#e8a33d", "#3d7fd9", "#9aa0a6"],
    ],
    "legend": ["orient": "top", "title": .null],
  ]
}
