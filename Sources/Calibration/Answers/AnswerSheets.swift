internal import AnswerModels
internal import Scenarios

/// The shipped sheets that the checks start from, by name.
struct AnswerSheets {
  /// What a check needs of a sheet.
  struct Sheet {
    var answers: AnswerSpace
    var response: ItemResponse
  }

  private var sheets: [String: Sheet] = [:]

  init(_ sources: [TaskSheetSource]) throws {
    for source in sources {
      let sheet = try TaskFile.read(path: source.path)
      guard let response = sheet.itemResponse else { continue }
      sheets[source.name] = Sheet(answers: sheet.answerSpace, response: response)
    }
  }

  subscript(name: String) -> Sheet {
    get throws {
      guard let sheet = sheets[name] else {
        throw InputError(
          problem: "no task sheet \(name)", expectation: "it among the calibration's tasks",
          suggestion: nil)
      }
      return sheet
    }
  }
}
