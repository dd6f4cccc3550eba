public import ArgumentParser
import Reports
import Scenarios

/// `joulefleet list`: the names that a scenario may use.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The names that a scenario may use.",
    discussion: "  joulefleet list gpus")

  @Argument(
    help: ArgumentHelp(
      "\(CatalogText.Subject.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "subject"))
  var subject: CatalogText.Subject

  @OptionGroup var calibration: CalibrationArguments

  mutating func run() throws {
    let catalog = try Catalog.load(path: calibration.folder)
    try StandardOutput.write(CatalogText.table(of: subject, in: catalog))
  }
}

extension CatalogText.Subject: ExpressibleByArgument {}
