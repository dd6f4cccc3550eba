internal import Foundation
internal import Scenarios

/// A user's results per question, in one of two forms of CSV.
///
/// Wide: a column `question` and one column per model that holds 1 or 0, or nothing where the model
/// was not asked. Long: columns `question`, `model`, `correct` and `samples`, and where they are
/// known `wrong_answers`, how many samples gave each distinct wrong answer ("3 1 1").
enum AnswerMatrixReader {
  static func read(_ url: URL) throws -> AnswerTable {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw InputError(
        file: url.path, problem: "no such file", expectation: "results per question, as CSV")
    }
    var builder = Builder()
    try LogCSV.forEachRow(of: url, file: url.path) { header, row in
      try builder.add(header, row)
    }
    return try builder.table(file: url.path)
  }

  /// Collects rows until the questions and models are known.
  private struct Builder {
    private var questions: [String] = []
    private var numbers: [String: Int] = [:]
    private var models: [String] = []
    private var cells: [String: [Int: AnswerCell]] = [:]

    mutating func add(_ header: LogCSV, _ row: LogRow) throws {
      guard let column = header.column("question", "qid"), let question = row.text(column) else {
        throw row.place.error("no question", expected: "a column \"question\" with its name")
      }
      let number = numbers[question] ?? questions.count
      if number == questions.count {
        numbers[question] = number
        questions.append(question)
      }
      if header.column("correct") != nil {
        try addCounts(header, row, number)
      } else {
        for index in header.names.indices where index != column {
          guard let text = row.text(index) else { continue }
          guard text == "0" || text == "1" else {
            throw row.place.error(
              "\(header.names[index]) is \"\(text)\"", expected: "1, 0 or nothing")
          }
          let isRight = text == "1"
          try add(
            AnswerCell(right: isRight ? 1 : 0, wrong: isRight ? [] : [1]),
            model: header.names[index], number, row)
        }
      }
    }

    private mutating func addCounts(_ header: LogCSV, _ row: LogRow, _ number: Int) throws {
      guard let model = row.text(header.column("model")) else {
        throw row.place.error("no model", expected: "a column \"model\" with its name")
      }
      let right = try whole(header.column("correct"), "correct", row)
      let samples = try whole(header.column("samples"), "samples", row)
      guard samples >= 1, right <= samples else {
        throw row.place.error(
          "\(right) of \(samples) samples are correct", expected: "at most all of at least one")
      }
      var wrong = [Int](repeating: 1, count: samples - right)
      if let text = row.text(header.column("wrong_answers")) {
        wrong = try text.split(separator: " ").map { part in
          guard let count = Int(part), count >= 1 else {
            throw row.place.error(
              "wrong_answers is \"\(text)\"", expected: "counts parted by blanks, as 3 1 1")
          }
          return count
        }
        guard wrong.reduce(0, +) == samples - right else {
          throw row.place.error(
            "wrong_answers add up to \(wrong.reduce(0, +))", expected: "\(samples - right)")
        }
      }
      try add(AnswerCell(right: right, wrong: wrong), model: model, number, row)
    }

    private func whole(_ column: Int?, _ name: String, _ row: LogRow) throws -> Int {
      guard let value = try row.number(column) else {
        throw row.place.error("no number \"\(name)\"", expected: "a whole number")
      }
      guard value >= 0, value == value.rounded(), value < 1e6 else {
        throw row.place.error("\(name) is \(value)", expected: "a whole number")
      }
      return Int(value)
    }

    private mutating func add(
      _ cell: AnswerCell, model: String, _ question: Int, _ row: LogRow
    ) throws {
      if cells[model] == nil { models.append(model) }
      guard cells[model]?[question] == nil else {
        throw row.place.error(
          "\(model) has this question twice", expected: "one row per question and model")
      }
      cells[model, default: [:]][question] = cell
    }

    func table(file: String) throws -> AnswerTable {
      guard questions.count >= AnswerFit.leastQuestions, !models.isEmpty else {
        throw InputError(
          file: file, problem: "\(questions.count) questions and \(models.count) models",
          expectation: "at least \(AnswerFit.leastQuestions) questions and one model")
      }
      var table = AnswerTable(questions: questions)
      for model in models {
        table.add(model: model, cells: questions.indices.map { cells[model]?[$0] })
      }
      return table
    }
  }
}
