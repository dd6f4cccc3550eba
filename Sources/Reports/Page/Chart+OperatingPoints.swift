internal import DeviceModels
internal import FleetEngine
internal import Studies

extension Chart {
  /// Energy of an output token against the batch: each pool's curve, and where the policies keep
  /// it; nil where no pool put anything out.
  static func operatingPoints(_ study: StudyResult) -> Chart? {
    let places = study.runs.flatMap(PlacedPool.places)
    var pools: [String: [PlacedPool]] = [:]
    for place in places { pools[place.pool.name, default: []].append(place) }
    let curves = pools.keys.sorted().flatMap { curve(of: pools[$0] ?? []) }
    let rows = places.map(\.point.rows) + curves.map(\.rows)
    let joules = places.map(\.point.decodeJoulesPerToken) + curves.map(\.joules)
    guard !places.isEmpty, let across = LogarithmicAxis(holding: rows, margin: 1.1),
      let up = LogarithmicAxis(holding: joules, margin: 1.1)
    else { return nil }
    let legend = policyLegend(study)
    return Chart(
      id: "operating-points", title: "Operating points",
      caption: "GPU energy of an output token against the sequences in a replica's batch "
        + "while it computes, both logarithmic. Lines: what each pool's iterations cost at the "
        + "mean context of its requests. Marks: where the policies keep it, with the energy that "
        + "the requests bore. Further right is cheaper; a mark above or left of its line shared "
        + "its time with prompts or ran at uneven load.",
      legend: legend, picksPolicies: true,
      specification: [
        "height": 300,
        "layer": [
          lines(curves, across, up), labels(curves), marks(places, across, up, legend),
        ],
      ])
  }

  private typealias CurvePoint = (pool: String, rows: Double, joules: Double, isLast: Bool)

  private static func curve(of places: [PlacedPool]) -> [CurvePoint] {
    guard let first = places.first else { return [] }
    let mean = places.reduce(0) { $0 + $1.point.contextTokens } / Double(places.count)
    let context = max(1, Int(mean.rounded()))
    let most = max(2, Int((places.map(\.point.rows).max() ?? 1).rounded(.up)) * 2)
    let last = min(first.pool.limits.batchRowLimit, most)
    var rows: [Int] = []
    var next = 1
    while next < last {
      rows.append(next)
      next = max(next + 1, next * 5 / 4)
    }
    rows.append(last)
    return rows.map { row in
      let cost = first.pool.model.decodeCost(rows: row, meanContextTokens: context)
      return (first.pool.name, Double(row), cost.joulesPerToken, row == last)
    }
  }

  private static func axes(_ across: LogarithmicAxis, _ up: LogarithmicAxis) -> [String: JSONValue]
  {
    [
      "x": [
        "field": "rows", "type": "quantitative", "title": "sequences in the batch of a replica",
        "scale": across.scale, "axis": across.axis(following: "x"),
      ],
      "y": [
        "field": "joules", "type": "quantitative", "title": "GPU energy of an output token (J)",
        "scale": up.scale, "axis": up.axis(following: "y"),
      ],
    ]
  }

  private static func values(_ curves: [CurvePoint]) -> JSONValue {
    .array(
      curves.map { point in
        [
          "pool": .string(point.pool), "rows": .number(point.rows),
          "joules": .number(point.joules),
        ]
      })
  }

  private static func lines(
    _ curves: [CurvePoint], _ across: LogarithmicAxis, _ up: LogarithmicAxis
  ) -> JSONValue {
    var encoding = axes(across, up)
    encoding["detail"] = ["field": "pool"]
    encoding["color"] = ["value": "#888"]
    return [
      "data": ["values": values(curves)],
      "mark": ["type": "line", "strokeWidth": 1.5, "clip": true], "encoding": .object(encoding),
    ]
  }

  /// The pool's name at the end of its line.
  private static func labels(_ curves: [CurvePoint]) -> JSONValue {
    [
      "data": ["values": values(curves.filter(\.isLast))],
      "mark": ["type": "text", "align": "right", "dy": -8, "fontSize": 12],
      "encoding": [
        "x": ["field": "rows", "type": "quantitative"],
        "y": ["field": "joules", "type": "quantitative"], "text": ["field": "pool"],
      ],
    ]
  }

  private static func marks(
    _ places: [PlacedPool], _ across: LogarithmicAxis, _ up: LogarithmicAxis,
    _ legend: [LegendEntry]
  ) -> JSONValue {
    var encoding = axes(across, up)
    encoding["color"] = color(of: "policy", legend)
    encoding["opacity"] = opacity()
    encoding["tooltip"] = [
      ["field": "policy"], ["field": "pool"],
      ["field": "rows", "type": "quantitative", "format": ".3~g", "title": "sequences"],
      ["field": "joules", "type": "quantitative", "format": ".3~g", "title": "J per token"],
      ["field": "context", "type": "quantitative", "format": ",.0f", "title": "tokens of context"],
    ]
    return [
      "data": ["values": .array(places.map(\.value))], "params": [panAndZoom],
      "mark": ["type": "point", "filled": true, "size": 80, "clip": true],
      "encoding": .object(encoding),
    ]
  }
}

/// Where one policy keeps one pool.
private struct PlacedPool {
  let policy: String
  let pool: PoolConfiguration
  let point: PoolOperatingPoint

  static func places(of run: PolicyRun) -> [PlacedPool] {
    run.fleet.pools.indices.compactMap { index in
      guard let point = run.operatingPoint(ofPool: index), point.rows > 0,
        point.decodeJoulesPerToken > 0
      else { return nil }
      return PlacedPool(policy: run.name, pool: run.fleet.pools[index], point: point)
    }
  }

  var value: JSONValue {
    [
      "policy": .string(policy), "pool": .string(pool.name), "rows": .number(point.rows),
      "joules": .number(point.decodeJoulesPerToken), "context": .number(point.contextTokens),
    ]
  }
}
