internal import Studies
internal import Sweeps

extension Chart {
  /// What the values of one key do to a figure, in the mean over all else.
  static func mainEffects(_ table: SweepTable, axis: Int, figure: Int) -> Chart {
    let effects = table.mainEffects(of: axis, on: figure)
    let key = table.axes[axis]
    let name = SweepFigure.all[figure].name
    let legend = legend(of: table.policies)
    // An interval of replications may pass the ends of what a share can be.
    let bounds = shares.contains(name) ? 0.0...1.0 : -Double.infinity...Double.infinity
    let values = effects.map { effect -> JSONValue in
      let interval = effect.interval?.clamped(to: bounds)
      return [
        "policy": .string(effect.policy), "level": .string(effect.label),
        "position": .number(effect.position), "mean": .number(effect.mean),
        "low": .number(interval?.lowerBound), "high": .number(interval?.upperBound),
      ]
    }
    let isNumeric = effects.allSatisfy { $0.position != nil }
    let across: JSONValue =
      isNumeric
      ? [
        "field": "position", "type": "quantitative", "title": .string(key),
        "scale": ["zero": false],
        // A tick where there is a point, and none between whole numbers.
        "axis": [
          "values": .array(Set(effects.compactMap(\.position)).sorted().map { .number($0) }),
          "format": ".4~g", "labelFlush": false, "labelOverlap": true,
        ],
      ]
      : [
        "field": "level", "type": "nominal", "title": .string(key),
        "sort": .array(table.levels(of: axis).map { .string($0) }),
      ]
    return Chart(
      id: "effect-\(axis)-\(figure)", title: "\(name) by \(key)",
      caption: "Means over all other keys, with 95 % intervals over replications where there are "
        + "several.",
      legend: legend,
      specification: [
        "data": ["values": .array(values)], "height": 240,
        "encoding": ["x": across, "color": color(of: "policy", legend)],
        "layer": .array([
          ["mark": ["type": "line", "strokeWidth": 2], "encoding": ["y": up("mean", name)]],
          [
            "mark": ["type": "rule"],
            "encoding": ["y": up("low", name), "y2": ["field": "high"]],
          ],
          [
            "mark": ["type": "point", "filled": true, "size": 70],
            "encoding": [
              "y": up("mean", name),
              "tooltip": [
                ["field": "policy"], ["field": "level", "title": .string(key)],
                [
                  "field": "mean", "type": "quantitative", "format": ".4~g",
                  "title": .string(name),
                ],
              ],
            ],
          ],
        ]),
      ])
  }

  private static let shares: Set = ["accuracy", "slo_attainment"]

  /// A figure of one policy over two keys.
  static func heat(
    _ table: SweepTable, across: Int, up: Int, figure: Int, policy: String
  ) -> Chart {
    let cells = table.heat(across: across, up: up, figure: figure).filter { $0.policy == policy }
    let name = SweepFigure.all[figure].name
    func axis(_ field: String, _ index: Int, _ levels: [String]) -> JSONValue {
      [
        "field": .string(field), "type": "ordinal", "title": .string(table.axes[index]),
        "sort": .array(levels.map { .string($0) }),
      ]
    }
    return Chart(
      id: "heat-\(across)-\(up)-\(figure)-\(table.policies.firstIndex(of: policy) ?? 0)",
      title: "\(name), \(policy)",
      caption: "Mean over replications and all other keys.", legend: [],
      specification: [
        "data": [
          "values": .array(
            cells.map { cell in
              [
                "across": .string(cell.across), "up": .string(cell.up), "mean": .number(cell.mean),
              ]
            })
        ],
        "height": 240, "mark": "rect",
        "encoding": [
          "x": axis("across", across, table.levels(of: across)),
          // The first of a vertical axis is at its top.
          "y": axis("up", up, table.levels(of: up).reversed()),
          "color": [
            "field": "mean", "type": "quantitative", "title": .string(name),
            "scale": ["scheme": "viridis"],
          ],
          "tooltip": [
            ["field": "across", "title": .string(table.axes[across])],
            ["field": "up", "title": .string(table.axes[up])],
            ["field": "mean", "type": "quantitative", "format": ".4~g", "title": .string(name)],
          ],
        ],
      ])
  }

  private static func up(_ field: String, _ name: String) -> JSONValue {
    [
      "field": .string(field), "type": "quantitative", "title": .string(name),
      "scale": ["zero": false],
    ]
  }
}
