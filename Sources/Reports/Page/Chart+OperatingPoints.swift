internal import DeviceModels
internal import FleetEngine
internal import Studies

extension Chart {
  /// Energy of a decoded token against the batch: the curve of each pool at each clock and cap, and
  /// where the policies keep it; nil where no pool put anything out.
  static func operatingPoints(_ study: StudyResult) -> Chart? {
    let places = study.runs.flatMap(PlacedPool.places)
    let curves = PoolCurve.curves(of: places)
    let points = curves.flatMap(\.points)
    let rows = places.map(\.point.rows) + points.map(\.rows)
    let joules = places.map(\.point.decodeJoulesPerToken) + points.map(\.joules)
    guard !places.isEmpty, let across = LogarithmicAxis(holding: rows, margin: 1.1),
      // Room for a pool's name above the beginning of its line.
      let up = LogarithmicAxis(holding: joules, margin: 1.5)
    else { return nil }
    let legend = policyLegend(study)
    let own = curves.filter { $0.policy != nil }
    let common = curves.filter { $0.policy == nil }
    let layers = [
      common.isEmpty ? nil : lines(common, across, up, nil),
      own.isEmpty ? nil : lines(own, across, up, legend),
      common.isEmpty ? nil : labels(common), marks(places, across, up, legend),
    ]
    return Chart(
      id: "operating-points", title: "Operating points", caption: caption(hasOwn: !own.isEmpty),
      legend: legend, picksPolicies: true,
      specification: ["height": 300, "layer": .array(layers.compactMap(\.self))])
  }

  private static func caption(hasOwn: Bool) -> String {
    "GPU energy of a token against the sequences in a replica's batch while it computes, both "
      + "logarithmic. Lines: what each pool's decoding costs at the mean context of its requests"
      + (hasOwn ? ", in a policy's color at the clock or cap that it alone sets" : "")
      + ". Marks: where the policies keep it, with the energy that the requests bore. Further "
      + "right is cheaper; a mark left of or below its line shared its time with prompts, one "
      + "above it ran at uneven load."
  }

  private static func axes(_ across: LogarithmicAxis, _ up: LogarithmicAxis) -> [String: JSONValue]
  {
    [
      "x": [
        "field": "rows", "type": "quantitative", "title": "sequences in the batch of a replica",
        "scale": across.scale, "axis": across.axis(following: "x"),
      ],
      "y": [
        "field": "joules", "type": "quantitative", "title": "GPU energy of a decoded token (J)",
        "scale": up.scale, "axis": up.axis(following: "y"),
      ],
    ]
  }

  /// In the colors of policies, or gray without a legend.
  private static func lines(
    _ curves: [PoolCurve], _ across: LogarithmicAxis, _ up: LogarithmicAxis,
    _ legend: [LegendEntry]?
  ) -> JSONValue {
    var encoding = axes(across, up)
    encoding["detail"] = ["field": "curve"]
    encoding["color"] = legend.map { color(of: "policy", $0) } ?? ["value": "#888"]
    if legend != nil { encoding["opacity"] = opacity(0.8) }
    return [
      "data": ["values": .array(curves.flatMap { $0.values($0.points) })],
      "mark": ["type": "line", "strokeWidth": 1.5, "clip": true], "encoding": .object(encoding),
    ]
  }

  /// The pool's name at the beginning of its line, right of which nothing is: lines fall.
  private static func labels(_ curves: [PoolCurve]) -> JSONValue {
    [
      "data": ["values": .array(curves.flatMap { $0.values($0.points.prefix(1)) })],
      "mark": ["type": "text", "align": "left", "dx": 8, "dy": -6, "fontSize": 12],
      "encoding": [
        "x": ["field": "rows", "type": "quantitative"],
        "y": ["field": "joules", "type": "quantitative"], "text": ["field": "curve"],
      ],
    ]
  }

  private static func marks(
    _ places: [PlacedPool], _ across: LogarithmicAxis, _ up: LogarithmicAxis,
    _ legend: [LegendEntry]
  ) -> JSONValue {
    var encoding = axes(across, up)
    encoding["color"] = color(of: "policy", legend)
    encoding["shape"] = shape(of: "policy", legend)
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

  /// What the pool's clock and power limit are set to.
  var setting: OperatingPoint {
    (pool.model as? RooflineReplicaModel)?.operatingPoint ?? .asShipped
  }

  var value: JSONValue {
    [
      "policy": .string(policy), "pool": .string(pool.name), "rows": .number(point.rows),
      "joules": .number(point.decodeJoulesPerToken), "context": .number(point.contextTokens),
    ]
  }
}

/// What a pool's decoding costs at one clock and cap.
private struct PoolCurve {
  var name: String
  /// The policy that alone runs the pool so; nil where several do, or all settings are the same.
  var policy: String?
  var points: [(rows: Double, joules: Double)]

  static func curves(of places: [PlacedPool]) -> [PoolCurve] {
    Dictionary(grouping: places, by: \.pool.name).sorted { $0.key < $1.key }
      .flatMap { name, places -> [PoolCurve] in
        var settings: [OperatingPoint] = []
        for place in places where !settings.contains(place.setting) {
          settings.append(place.setting)
        }
        let most = max(2, Int((places.map(\.point.rows).max() ?? 1).rounded(.up)) * 2)
        return settings.map { setting in
          let same = places.filter { $0.setting == setting }
          let isOwn = settings.count > 1 && same.count == 1
          return PoolCurve(
            name: settings.count > 1 ? "\(name)\(setting.suffix)" : name,
            policy: isOwn ? same[0].policy : nil, points: points(of: same, most: most))
        }
      }
  }

  private static func points(
    of places: [PlacedPool], most: Int
  ) -> [(rows: Double, joules: Double)] {
    guard let pool = places.first?.pool else { return [] }
    let mean = places.reduce(0) { $0 + $1.point.contextTokens } / Double(places.count)
    let context = max(1, Int(mean.rounded()))
    let last = min(pool.limits.batchRowLimit, most)
    var rows: [Int] = []
    var next = 1
    while next < last {
      rows.append(next)
      next = max(next + 1, next * 5 / 4)
    }
    rows.append(last)
    return rows.map { row in
      (Double(row), pool.model.decodeCost(rows: row, meanContextTokens: context).joulesPerToken)
    }
  }

  func values(_ points: some Sequence<(rows: Double, joules: Double)>) -> [JSONValue] {
    points.map { point in
      [
        "curve": .string(name), "policy": policy.map(JSONValue.string) ?? .null,
        "rows": .number(point.rows), "joules": .number(point.joules),
      ]
    }
  }
}

extension OperatingPoint {
  /// After a pool's name: " at 1200 MHz, 400 W".
  fileprivate var suffix: String {
    let parts =
      [clockMegahertz.map { "\(NumberText.figure($0)) MHz" }]
      + [capWatts.map { "\(NumberText.figure($0)) W" }]
    let text = parts.compactMap(\.self).joined(separator: ", ")
    return text.isEmpty ? " as shipped" : " at \(text)"
  }
}
