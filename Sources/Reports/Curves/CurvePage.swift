public import Foundation
internal import Scenarios
public import Studies

/// The picture of operating curves: a chart for every figure, and their tables.
public struct CurvePage: Sendable {
  static let csvName = "curves.csv"

  private let curves: OperatingCurves
  private let vegaBundle: String?

  /// Without a bundle the page says how to get the charts.
  public init(_ curves: OperatingCurves, vegaBundle: String? = VegaBundle.find()) {
    self.curves = curves
    self.vegaBundle = vegaBundle
  }

  /// Writes `report.html`, `summary.json` and `curves.csv` into `folder`.
  public func write(to folder: URL) throws {
    try CurveSummary(curves).encoded().write(to: folder.appending(path: "summary.json"))
    try CurveCSV.data(curves).write(to: folder.appending(path: Self.csvName))
    try Data(text().utf8).write(to: folder.appending(path: "report.html"))
  }

  /// The page, in one file with everything in it.
  public func text() throws -> String {
    let columns = CurveColumn.shown(along: curves.axis)
    let charts = columns.enumerated().compactMap { index, column in
      Chart.curve(curves, column, id: "curve-\(index)")
    }
    return try ChartPage(
      title: "Operating curves against \(curves.axis.title)", subtitle: CurveText(curves).held,
      charts: charts, vegaBundle: vegaBundle, warnings: curves.warnings, tables: tables
    ).text()
  }

  private var tables: String {
    let columns = CurveColumn.shown(along: curves.axis)
    let tables = curves.curves.map { curve in
      HTMLText.table(
        caption: curve.label,
        header: [curves.axis.title] + columns.map { "\($0.figure.rawValue) \($0.unit)" }
          + ["calibrated", "fits the KV cache"],
        rows: curve.rows.map { row in
          [curves.axisText(row)]
            + columns.map { NumberText.figure($0.value(row)) }
            + [curves.calibratedText(row), row.fitsMemory ? "yes" : "no"]
        })
    }
    return "<section>\n\(tables.joined(separator: "\n"))\n</section>"
  }
}

extension Chart {
  /// One figure of all curves along the axis; nil where no value has a place on its scale.
  fileprivate static func curve(
    _ curves: OperatingCurves, _ column: CurveColumn, id: String
  ) -> Chart? {
    let axis = curves.axis
    guard
      let across = LogarithmicAxis(holding: curves.rows.map(axis.value), margin: 1.05),
      let up = LogarithmicAxis(holding: curves.rows.map(column.value), margin: 1.1)
    else { return nil }
    let legend = legend(of: curves.curves.map(\.label))
    let scales = CurveScales(
      x: axis.isLogarithmic ? across : nil, y: up, xTitle: axis.title,
      yTitle: "\(column.figure.rawValue) \(column.unit)")
    return Chart(
      id: id, title: "\(column.figure.rawValue.capitalized), \(column.unit)",
      caption: "Against \(axis.title). Filled points, shaded from first to last, lie within "
        + "what was measured; hollow ones are extrapolated.",
      legend: legend,
      specification: [
        "height": 300,
        "layer": [
          bands(curves, column, scales, legend), lines(curves, column, scales, legend),
          points(curves, column, scales, legend),
        ],
      ])
  }

  /// Each curve's calibrated stretch of the axis, in its color.
  private static func bands(
    _ curves: OperatingCurves, _ column: CurveColumn, _ scales: CurveScales,
    _ legend: [LegendEntry]
  ) -> JSONValue {
    let values = curves.curves.compactMap { curve -> JSONValue? in
      let calibrated = curve.rows.filter { $0.calibrated.contains(column.figure) }
        .map(curves.axis.value)
      guard let from = calibrated.min(), let to = calibrated.max() else { return nil }
      return ["curve": .string(curve.label), "from": .number(from), "to": .number(to)]
    }
    return [
      "data": ["values": .array(values)], "mark": ["type": "rect", "opacity": 0.1],
      "encoding": [
        "x": scales.across("from"), "x2": ["field": "to"], "color": color(of: "curve", legend),
      ],
    ]
  }

  private static func values(_ curves: OperatingCurves, _ column: CurveColumn) -> JSONValue {
    .array(
      curves.curves.flatMap { curve in
        curve.rows.map { row -> JSONValue in
          [
            "curve": .string(curve.label), "at": .number(curves.axis.value(of: row)),
            "value": .number(column.value(row)),
            "calibrated": .string(row.calibrated.contains(column.figure) ? "yes" : "no"),
            "fits": .string(row.fitsMemory ? "yes" : "no"),
          ]
        }
      })
  }

  private static func lines(
    _ curves: OperatingCurves, _ column: CurveColumn, _ scales: CurveScales,
    _ legend: [LegendEntry]
  ) -> JSONValue {
    [
      "data": ["values": values(curves, column)], "mark": ["type": "line", "strokeWidth": 2],
      "encoding": [
        "x": scales.across("at"), "y": scales.up("value"), "color": color(of: "curve", legend),
      ],
    ]
  }

  private static func points(
    _ curves: OperatingCurves, _ column: CurveColumn, _ scales: CurveScales,
    _ legend: [LegendEntry]
  ) -> JSONValue {
    [
      "data": ["values": values(curves, column)],
      "mark": ["type": "point", "size": 55, "opacity": 1],
      "encoding": [
        "x": scales.across("at"), "y": scales.up("value"), "color": color(of: "curve", legend),
        "fillOpacity": [
          "condition": ["test": "datum.calibrated === 'yes'", "value": 1], "value": 0,
        ],
        "fill": color(of: "curve", legend),
        "tooltip": [
          ["field": "curve"],
          [
            "field": "at", "type": "quantitative", "format": ",~r", "title": .string(scales.xTitle),
          ],
          [
            "field": "value", "type": "quantitative", "format": ".4~g",
            "title": .string(scales.yTitle),
          ],
          ["field": "calibrated"], ["field": "fits"],
        ],
      ],
    ]
  }
}

/// The axes that all layers of a chart share.
private struct CurveScales {
  /// Nil where the axis is linear.
  var x: LogarithmicAxis?
  var y: LogarithmicAxis
  var xTitle: String
  var yTitle: String

  func across(_ field: String) -> JSONValue {
    [
      "field": .string(field), "type": "quantitative", "title": .string(xTitle),
      "scale": x?.scale ?? ["zero": false, "nice": false],
      "axis": x?.axis ?? ["format": ",~r"],
    ]
  }

  func up(_ field: String) -> JSONValue {
    [
      "field": .string(field), "type": "quantitative", "title": .string(yTitle),
      "scale": y.scale, "axis": y.axis,
    ]
  }
}

extension CurveAxis {
  /// Lengths and batches span orders of magnitude, settings of a GPU do not.
  fileprivate var isLogarithmic: Bool { self != .clock && self != .cap }
}
