import AnswerModels
import ArgumentParser
import DeviceModels
import Reports
import Scenarios

/// `joulefleet list`: the names that a scenario may use.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The names that a scenario may use.",
    discussion: "  joulefleet list gpus")

  enum Subject: String, CaseIterable, ExpressibleByArgument {
    case gpus, models, tasks, strategies, policies, nodes, facilities, scenarios
  }

  @Argument(help: "gpus, models, tasks, strategies, policies, nodes or scenarios.")
  var subject: Subject

  @OptionGroup var calibration: CalibrationArguments

  mutating func run() throws {
    let catalog = try Catalog.load(path: calibration.folder)
    print(CatalogText.table(of: subject.listing, in: catalog), terminator: "")
  }
}

extension ListCommand.Subject {
  fileprivate var listing: CatalogText.Subject {
    switch self {
    case .gpus: .gpus
    case .models: .models
    case .tasks: .tasks
    case .strategies: .strategies
    case .policies: .policies
    case .nodes: .nodes
    case .scenarios: .scenarios
    }
  }
}
