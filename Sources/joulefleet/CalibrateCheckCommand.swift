import ArgumentParser
import Calibration
import Foundation
import Reports
import Scenarios

/// `joulefleet calibrate check`: predictions beside measurements that no fit has seen.
struct CalibrateCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Predict what logs or tables measured, and say how far off that is.",
    discussion: """
      Reads what "calibrate fit" reads. With --fit, rows that the fit used are left out: the runs \
      that it kept back remain, and other logs. Without, the shipped fit of each row's GPU \
      predicts. Prints mean and median error, 90th percentile and bias by quantity, model and \
      batch.

        joulefleet calibrate check --data logs --gpu h100-sxm --fit fitted/h100-sxm.fit.yaml
        joulefleet calibrate check --data tables --json errors.json
      """)

  @OptionGroup var logs: CalibrateFleetArguments

  @Option(help: ArgumentHelp("Fit file to check.", valueName: "file"))
  var fit: String?

  @Option(
    help: ArgumentHelp("Write rows and errors as JSON; - for standard output.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Write a page with predicted against measured.", valueName: "file"))
  var plot: String?

  mutating func run() throws {
    for path in [json, plot] {
      if let path, path != "-" { try ResultFile(path: path).check() }
    }
    let check = try FleetCalibration.check(
      dataFolder: logs.folder, catalog: Catalog.load(path: logs.calibration.folder),
      options: logs.options(fitPath: fit))
    if let plot {
      let page = ComparisonPage(
        title: "Predicted against measured", subtitle: "Predictions of \(check.fit)",
        points: check.rows.map(ComparisonPage.Point.init), vegaBundle: VegaBundle.find())
      try ResultFile(path: plot).write(Data(page.text().utf8))
    }
    guard json == "-" else {
      try StandardOutput.write(check.table)
      if let json { try ResultFile(path: json).write(check.json()) }
      return
    }
    try StandardOutput.write(check.json())
  }
}

extension ComparisonPage.Point {
  init(_ row: FleetCheck.Row) {
    self.init(
      quantity: row.quantity, unit: row.unit, group: "\(row.model) on \(row.gpu)",
      label: row.place, measured: row.measured, predicted: row.predicted)
  }
}
