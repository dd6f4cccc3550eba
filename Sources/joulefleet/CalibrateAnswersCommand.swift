import ArgumentParser
import Calibration
import Foundation
import Scenarios

/// `joulefleet calibrate answers`: how well the answer model predicts what it has not seen.
struct CalibrateAnswersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answers",
    abstract: "Check the answer model on published results per question.",
    discussion: """
      Ten repeats of five-fold cross-validation by question: accuracy, votes, cascades, limits of \
      tokens, agreement of models and pass@k, beside the curve of the training questions (raw) and \
      what the row names as other: no gain, independence, or length without a link to difficulty. \
      The floor is what the noise of the folds leaves to one who knows every true figure. \
      Errors are mean absolute ones in points of accuracy, intervals from drawing questions anew. \
      docs/answers.md says what the folder holds and what the figures mean.

        joulefleet calibrate answers --data accuracy
      """)

  @Option(help: ArgumentHelp("Folder of results per question.", valueName: "folder"))
  var data: String

  @Option(help: ArgumentHelp("Repeats of the cross-validation.", valueName: "count"))
  var repeats = 10

  @Option(help: ArgumentHelp("Parts, each left out in turn.", valueName: "count"))
  var folds = 5

  @OptionGroup var calibration: CalibrationArguments

  func validate() throws {
    guard (1...100).contains(repeats) else {
      throw ValidationError("--repeats is \(repeats); expected 1 to 100")
    }
    guard (2...20).contains(folds) else {
      throw ValidationError("--folds is \(folds); expected 2 to 20")
    }
  }

  mutating func run() throws {
    let check = try AnswerCheck.run(
      dataFolder: URL(filePath: data), tasks: TaskSheets.find(calibration.folder),
      repeats: repeats, folds: folds
    ) { set in
      try? FileHandle.standardError.write(contentsOf: Data("checking \(set)\n".utf8))
    }
    try StandardOutput.write(check.table)
    if !check.isMet { throw ExitCode.failure }
  }
}

/// The task sheets of the calibration in use.
enum TaskSheets {
  static func find(_ folder: String?) throws -> [TaskSheetSource] {
    let tasks = try CalibrationFolder.find(path: folder).appending(path: "tasks")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: tasks.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.sorted().map {
      (String($0.dropLast(".yaml".count)), tasks.appending(path: $0).path)
    }
  }
}
