internal import FleetEngine
internal import Quantities
internal import Studies

extension Chart {
  /// What the energy went into, per completed request.
  static func energySplit(_ study: StudyResult) -> Chart? {
    let parts = study.runs.map { EnergyPart.parts(of: $0, in: study.context) }
    // A part that nobody could see would only stand in the legend.
    let shown = EnergyPart.legend.filter { entry in
      parts.contains { parts in
        let least = leastShownShare * parts.reduce(0) { $0 + $1.joules }
        return parts.contains { $0.name == entry.label && $0.joules > least }
      }
    }
    let values = zip(study.runs, parts).flatMap { run, parts -> [JSONValue] in
      let count = Double(run.result.requests.completed)
      guard count > 0 else { return [] }
      let seen = parts.filter { part in shown.contains { $0.label == part.name } }
      return seen.enumerated().map { order, part in
        [
          "policy": .string(run.name), "part": .string(part.name),
          "order": .number(Double(order)), "energy": .number(part.joules / count),
        ]
      }
    }
    guard !values.isEmpty else { return nil }
    return Chart(
      id: "energy-split", title: "Where the energy goes",
      caption: "Energy per completed request by phase. Idle is what loaded GPUs draw while "
        + "they compute nothing; host is what the nodes draw besides their GPUs, building what "
        + "cooling and distribution add (PUE): they belong to no request.",
      legend: shown,
      specification: [
        "data": ["values": .array(values)], "height": barHeight(study),
        "mark": bars(study),
        "encoding": [
          "y": policyAxis(study),
          "x": ["field": "energy", "type": "quantitative", "title": "energy per request (J)"],
          "color": color(of: "part", shown), "order": ["field": "order", "type": "quantitative"],
          "tooltip": [
            ["field": "policy"], ["field": "part"],
            ["field": "energy", "type": "quantitative", "format": ".4~g", "title": "J"],
          ],
        ],
      ])
  }

  private static let leastShownShare = 0.001

  /// GPU energy by pool, computing and idle; nil where every policy has but one pool.
  static func energyByPool(_ study: StudyResult) -> Chart? {
    guard study.runs.contains(where: { $0.fleet.pools.count > 1 }) else { return nil }
    var names: [String] = []
    for pool in study.runs.flatMap(\.fleet.pools) where !names.contains(pool.name) {
      names.append(pool.name)
    }
    let values = study.runs.flatMap { run -> [JSONValue] in
      let count = Double(run.result.requests.completed)
      guard count > 0 else { return [] }
      return zip(run.fleet.pools, run.result.energy.gpuByPool).enumerated()
        .flatMap { index, entry -> [JSONValue] in
          let total = entry.1.joules
          let computing =
            run.poolLoads.indices.contains(index)
            ? min(total, run.poolLoads[index].energy.joules) : total
          return [("computing", computing), ("idle", total - computing)].map { state, joules in
            [
              "policy": .string(run.name), "pool": .string(entry.0.name), "state": .string(state),
              "energy": .number(joules / count),
            ]
          }
        }
    }
    guard !values.isEmpty else { return nil }
    let legend = legend(of: names)
    return Chart(
      id: "energy-pools", title: "Which pool draws it",
      caption: "GPU energy per completed request by pool: full color while it computes for the "
        + "requests that were measured, pale for the rest, which is mostly idle.",
      legend: legend,
      specification: [
        "data": ["values": .array(values)], "height": barHeight(study),
        "mark": bars(study),
        "encoding": [
          "y": policyAxis(study),
          "x": ["field": "energy", "type": "quantitative", "title": "GPU energy per request (J)"],
          "color": color(of: "pool", legend),
          "opacity": [
            "condition": ["test": "datum.state === 'idle'", "value": 0.4], "value": 1,
          ],
          "tooltip": [
            ["field": "policy"], ["field": "pool"], ["field": "state"],
            ["field": "energy", "type": "quantitative", "format": ".4~g", "title": "J"],
          ],
        ],
      ])
  }

  /// As tall as the charts beside it, or as many policies ask for.
  private static func barHeight(_ study: StudyResult) -> JSONValue {
    .number(max(300, Double(study.runs.count) * 30))
  }

  private static func bars(_ study: StudyResult) -> JSONValue {
    ["type": "bar", "size": .number(min(34, 0.75 * max(300 / Double(study.runs.count), 30)))]
  }

  private static func policyAxis(_ study: StudyResult) -> JSONValue {
    [
      "field": "policy", "type": "nominal", "title": .null,
      "sort": .array(study.runs.map { .string($0.name) }), "axis": ["labelLimit": 150],
    ]
  }
}

/// A part of a run's energy.
private struct EnergyPart {
  let name: String
  let joules: Double

  static let legend = [
    Chart.LegendEntry(label: "prefill", color: "#e8a33d"),
    Chart.LegendEntry(label: "decode", color: "#3d7fd9"),
    Chart.LegendEntry(label: "idle", color: "#9aa0a6"),
    Chart.LegendEntry(label: "host", color: "#54a24b"),
    Chart.LegendEntry(label: "building", color: "#b279a2"),
  ]

  /// In the order of the legend.
  static func parts(of run: PolicyRun, in context: StudyContext) -> [EnergyPart] {
    let energy = run.result.energy
    let figures = PolicyFigures(run, in: context)
    let joules = [
      energy.prefill.joules, energy.decode.joules, energy.idle.joules,
      figures.nodeEnergy - figures.gpuEnergy, figures.facilityEnergy - figures.nodeEnergy,
    ]
    return zip(legend, joules).map { EnergyPart(name: $0.label, joules: max(0, $1)) }
  }
}
