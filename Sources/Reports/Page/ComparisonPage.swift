/// A page of predicted against measured values: one chart per quantity, on both axes the same
/// logarithmic scale, with the line on which both are equal.
public struct ComparisonPage: Sendable {
  /// One value, predicted and measured.
  public struct Point: Sendable {
    public var quantity: String
    public var unit: String
    /// What shares a color.
    public var group: String
    public var label: String
    public var measured: Double
    public var predicted: Double

    public init(
      quantity: String, unit: String, group: String, label: String, measured: Double,
      predicted: Double
    ) {
      self.quantity = quantity
      self.unit = unit
      self.group = group
      self.label = label
      self.measured = measured
      self.predicted = predicted
    }
  }

  private let title: String
  private let subtitle: String
  private let points: [Point]
  private let vegaBundle: String?

  /// Without a bundle the page says how to get the charts.
  public init(title: String, subtitle: String, points: [Point], vegaBundle: String?) {
    self.title = title
    self.subtitle = subtitle
    self.points = points
    self.vegaBundle = vegaBundle
  }

  /// The page, in one file with everything in it. All text of the caller's is escaped.
  public func text() throws -> String {
    var quantities: [String] = []
    for point in points where !quantities.contains(point.quantity) {
      quantities.append(point.quantity)
    }
    let charts = quantities.enumerated().compactMap { index, quantity in
      Chart.comparison(
        points.filter { $0.quantity == quantity }, id: "comparison-\(index)",
        groups: groups)
    }
    return try ChartPage(
      title: title, subtitle: subtitle, charts: charts, vegaBundle: vegaBundle
    ).text()
  }

  private var groups: [String] { Set(points.map(\.group)).sorted() }
}

extension Chart {
  /// Nil where no point has a place on a logarithmic scale.
  fileprivate static func comparison(
    _ points: [ComparisonPage.Point], id: String, groups: [String]
  ) -> Chart? {
    let shown = points.filter { $0.measured > 0 && $0.predicted > 0 }
    guard let first = shown.first,
      let axis = LogarithmicAxis(
        holding: shown.flatMap { [$0.measured, $0.predicted] }, margin: 1.15)
    else { return nil }
    let legend = legend(of: groups)
    let values = shown.map { point -> JSONValue in
      [
        "group": .string(point.group), "label": .string(point.label),
        "measured": .number(point.measured), "predicted": .number(point.predicted),
        "error": .number(point.predicted / point.measured - 1),
      ]
    }
    return Chart(
      id: id, title: first.quantity,
      caption: "Each point is a window or row of the measurements. On the line both are equal; "
        + "above it the prediction is too high.",
      legend: legend,
      specification: [
        "height": 320,
        "layer": .array([equality(axis), marks(values, axis, first, legend)]),
      ])
  }

  private static func equality(_ axis: LogarithmicAxis) -> JSONValue {
    let ends = [axis.domain.lowerBound, axis.domain.upperBound].map { end -> JSONValue in
      ["measured": .number(end), "predicted": .number(end)]
    }
    return [
      "data": ["values": .array(ends)],
      "mark": ["type": "line", "strokeDash": [4, 4], "strokeWidth": 1.5],
      "encoding": [
        "x": ["field": "measured", "type": "quantitative", "scale": axis.scale],
        "y": ["field": "predicted", "type": "quantitative", "scale": axis.scale],
        "color": ["value": "#888"],
      ],
    ]
  }

  private static func marks(
    _ values: [JSONValue], _ axis: LogarithmicAxis, _ first: ComparisonPage.Point,
    _ legend: [LegendEntry]
  ) -> JSONValue {
    func encoding(_ field: String) -> JSONValue {
      [
        "field": .string(field), "type": "quantitative",
        "title": .string("\(field) (\(first.unit == "1" ? "share" : first.unit))"),
        "scale": axis.scale, "axis": axis.axis,
      ]
    }
    return [
      "data": ["values": .array(values)],
      "mark": ["type": "point", "filled": true, "size": 60, "opacity": 0.75],
      "encoding": [
        "x": encoding("measured"), "y": encoding("predicted"),
        "color": color(of: "group", legend),
        "tooltip": [
          ["field": "label"], ["field": "group"],
          ["field": "measured", "type": "quantitative", "format": ".4~g"],
          ["field": "predicted", "type": "quantitative", "format": ".4~g"],
          ["field": "error", "type": "quantitative", "format": ".1%"],
        ],
      ],
    ]
  }
}
