import ArgumentParser
import Foundation
import Reports
import Scenarios
import Sweeps

/// `joulefleet export`: the results of a sweep for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the results of a sweep as CSV, Parquet or a page of charts.",
    discussion: """
      A row for each point, replication and policy, with the values of the varied keys and every \
      figure. A sweep that is still going on gives what is there.

        joulefleet export out/quickstart-sweep.sqlite --csv results.csv
        joulefleet export out/quickstart-sweep.sqlite --report sweep.html

      Parquet needs duckdb, or Python with pyarrow, in the search path.
      """)

  @Argument(help: ArgumentHelp("File of a sweep.", valueName: "sweep.sqlite"))
  var sweep: String

  @Option(help: ArgumentHelp("CSV file, or - for standard output.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Parquet file.", valueName: "file"))
  var parquet: String?

  @Option(
    help: ArgumentHelp("HTML page with main effects and heat maps.", valueName: "file"))
  var report: String?

  func validate() throws {
    guard csv != nil || parquet != nil || report != nil else {
      throw ValidationError("give --csv, --parquet or --report with a file")
    }
  }

  mutating func run() throws {
    for path in [csv, parquet, report].compactMap(\.self) where path != "-" {
      try ResultFile(path: path).check()
    }
    let store = try SweepStore.open(existing: sweep)
    if let csv {
      if csv == "-" {
        try SweepExport(store).writeCSV { try StandardOutput.write($0) }
      } else {
        try ResultFile(path: csv).write(try Self.csv(of: store))
      }
    }
    if let parquet { try ParquetConverter.convert(try Self.csv(of: store), to: parquet) }
    if let report {
      let page = SweepPage(try SweepTable(store), of: store.identity)
      try ResultFile(path: report).write(Data(try page.text().utf8))
    }
  }

  private static func csv(of store: SweepStore) throws -> Data {
    var data = Data()
    try SweepExport(store).writeCSV { data.append($0) }
    return data
  }
}
