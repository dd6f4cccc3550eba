import ArgumentParser
import Foundation
import Sweeps

/// `joulefleet export`: the results of a sweep for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the results of a sweep as CSV.",
    discussion: """
      A row for each point, replication and policy, with the values of the varied keys and every \
      figure. A sweep that is still going on gives what is there.

        joulefleet export out/quickstart-sweep.sqlite --csv results.csv
      """)

  @Argument(help: ArgumentHelp("File of a sweep.", valueName: "sweep.sqlite"))
  var sweep: String

  @Option(help: ArgumentHelp("CSV file, or - for standard output.", valueName: "file"))
  var csv: String?

  func validate() throws {
    guard csv != nil else { throw ValidationError("give --csv file") }
  }

  mutating func run() throws {
    let store = try SweepStore.open(existing: sweep)
    guard let csv else { return }
    var data = Data()
    if csv == "-" {
      try SweepExport(store).writeCSV { try StandardOutput.write($0) }
    } else {
      try ResultFile(path: csv).check()
      try SweepExport(store).writeCSV { data.append($0) }
      try ResultFile(path: csv).write(data)
    }
  }
}
