import AnswerModels
import ArgumentParser
import Calibration
import Foundation
import Scenarios

/// What `joulefleet calibrate fit --answers` needs to know of a task.
struct CalibrateAnswerArguments: ParsableArguments {
  @Flag(help: "Fit a task to results per question; --data is then a CSV file.")
  var answers = false

  @Option(help: ArgumentHelp("Name of the fitted task.", valueName: "name"))
  var task: String?

  @Option(
    help: ArgumentHelp("Options of a multiple-choice task (default: open).", valueName: "count"))
  var choices: Int?

  @Flag(help: "The task's answers are judged by tests, as code is.")
  var verified = false

  @Option(
    help: ArgumentHelp(
      "Mode in which the models answered: direct, chain-of-thought, reasoning.",
      valueName: "mode"))
  var mode = ReasoningMode.chainOfThought.rawValue

  @Option(
    help: ArgumentHelp(
      "Task that lends lengths and what the results cannot tell (gpqa-diamond, math500, code).",
      valueName: "name"))
  var like: String?

  func validate() throws {
    if let choices, !(2...64).contains(choices) {
      throw ValidationError("--choices is \(choices); expected 2 to 64")
    }
    if choices != nil && verified {
      throw ValidationError("--choices and --verified exclude each other")
    }
    guard ReasoningMode(rawValue: mode) != nil else {
      let modes = ReasoningMode.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--mode is \(mode); expected one of \(modes)")
    }
    if answers && task == nil { throw ValidationError("--answers needs --task, a name") }
  }

  /// Fits the results at `data`, writes the sheet into `output` and says how good it is.
  func run(data: String, output: String, calibration: String?) throws {
    guard let task else { return }
    let like = like ?? (choices != nil ? "gpqa-diamond" : verified ? "code" : "math500")
    let sheets = try TaskSheets.find(calibration)
    guard let source = sheets.first(where: { $0.name == like }) else {
      throw InputError(
        problem: "there is no task \"\(like)\"",
        expectation: "one of \(sheets.map(\.name).joined(separator: ", "))")
    }
    let text = try String(contentsOf: URL(filePath: source.path), encoding: .utf8)
    let start = try TaskFile.read(text: text, file: source.path)
    let fit = try AnswerFit(results: URL(filePath: data), answers: space(start), like: start)
    let sheet = try fit.sheet(name: task, mode: mode, like: text)
    let path = URL(filePath: output).appending(path: "\(task).yaml")
    // What is written must be what the program reads.
    _ = try TaskFile.read(text: sheet, file: path.path)
    do {
      try FileManager.default.createDirectory(
        at: URL(filePath: output), withIntermediateDirectories: true)
      try Data(sheet.utf8).write(to: path, options: .atomic)
    } catch { throw WriteError(path: path.path, error) }
    try StandardOutput.write(fit.table)
    try StandardOutput.write(
      "\nWritten to \(path.relativePath); it takes effect in the folder tasks/ of a calibration.\n")
  }

  private func space(_ like: TaskSheet) -> AnswerSpace {
    if let choices { return .choices(choices) }
    let wrong = max(like.answerSpace.wrongAnswers, 1)
    return verified ? .verified(wrongAnswers: wrong) : .open(wrongAnswers: wrong)
  }
}
