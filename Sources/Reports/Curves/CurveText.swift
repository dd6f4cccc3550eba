internal import Scenarios
public import Studies

/// Operating curves for people: what is held fixed, and a table for each curve.
public struct CurveText {
  private let curves: OperatingCurves

  public init(_ curves: OperatingCurves) { self.curves = curves }

  /// Lines, the last one ended.
  public var text: String {
    var lines = curves.warnings.map { "warning: \($0)" }
    lines += [held]
    for curve in curves.curves { lines += ["", curve.label] + table(curve.rows) }
    lines += [""] + legend
    return lines.joined(separator: "\n") + "\n"
  }

  /// What does not change along the axis, and which of it nobody said.
  var held: String {
    let rows = curves.rows
    func range(_ values: [Int]) -> String {
      guard let least = values.min(), let most = values.max() else { return NumberText.none }
      return least == most ? "\(least)" : "\(least) to \(most)"
    }
    let parts: [(CurveAxis?, String, String, [Int])] = [
      (nil, "tensor-parallel", "", rows.map(\.point.replica.tensorParallel)),
      (.batch, "batch", "", rows.map(\.point.batch)),
      (.context, "mean context", " tokens", rows.map(\.point.contextTokens)),
      (.input, "input", " tokens", rows.map(\.point.inputTokens)),
      (.output, "output", " tokens", rows.map(\.point.outputTokens)),
    ]
    let fixed = parts.filter { $0.0 != curves.axis }.map { _, name, unit, values in
      "\(name) \(range(values))\(unit)\(curves.defaulted.contains(name) ? " (default)" : "")"
    }
    return "Against \(curves.axis.title); held: \(fixed.joined(separator: ", ")); GPU energy."
  }

  private var legend: [String] {
    CurveFigure.changing(along: curves.axis).map(\.legend)
      + ["calibrated: which lie within what was measured (docs/curves.md)"]
  }

  private func table(_ rows: [CurveRow]) -> [String] {
    let columns = CurveColumn.shown(along: curves.axis)
    let showsMemory = !curves.rows.allSatisfy(\.fitsMemory)
    let (head, unit) = curves.axis.heads
    var table = [
      [head] + columns.map(\.figure.rawValue) + ["calibrated"] + (showsMemory ? ["fits"] : []),
      [unit] + columns.map(\.unit),
    ]
    for row in rows {
      table.append(
        [curves.axisText(row)]
          + columns.map { NumberText.figure($0.value(row)) } + [curves.calibratedText(row)]
          + (showsMemory ? [row.fitsMemory ? "yes" : "no"] : []))
    }
    return TextTable(rows: table).lines()
  }
}
