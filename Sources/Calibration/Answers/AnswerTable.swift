/// What one model answered to one question, over some samples.
struct AnswerCell: Hashable {
  /// Samples that were right.
  var right: Int
  /// How many samples gave each distinct wrong answer; one of its own for an answer that the
  /// source did not keep.
  var wrong: [Int]

  var samples: Int { right + wrong.reduce(0, +) }
  var shareRight: Double { Double(right) / Double(samples) }
}

/// Results per question: rows of models, columns of questions, cells that may be missing.
struct AnswerTable {
  let questions: [String]
  private(set) var models: [String] = []
  /// By model, then question.
  private(set) var cells: [[AnswerCell?]] = []

  init(questions: [String]) { self.questions = questions }

  mutating func add(model: String, cells row: [AnswerCell?]) {
    precondition(row.count == questions.count, "a row of another table")
    models.append(model)
    cells.append(row)
  }

  /// Models that `keep` accepts.
  func filtered(_ keep: (String, [AnswerCell?]) -> Bool) -> AnswerTable {
    var table = AnswerTable(questions: questions)
    for (model, row) in zip(models, cells) where keep(model, row) {
      table.add(model: model, cells: row)
    }
    return table
  }

  /// Share of right samples over the questions that `training` holds, each counted once; nil
  /// where there is none.
  func accuracy(of model: Int, over training: [Bool]) -> Double? {
    var sum = 0.0
    var count = 0.0
    for (cell, isTraining) in zip(cells[model], training) where isTraining {
      guard let cell else { continue }
      sum += cell.shareRight
      count += 1
    }
    return count > 0 ? sum / count : nil
  }

  /// The same over all questions.
  func accuracy(of model: Int) -> Double? {
    accuracy(of: model, over: [Bool](repeating: true, count: questions.count))
  }
}
