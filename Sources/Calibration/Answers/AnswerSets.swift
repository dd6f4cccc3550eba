internal import Foundation
internal import Scenarios

/// Published results per question, as the folder `accuracy` holds them.
struct AnswerSets {
  let folder: URL

  /// Repeated samples of the Epoch AI hub: `samples_<name>.csv`, with tokens where recorded.
  struct Repeated {
    var table: AnswerTable
    /// By model, then question.
    var samples: [[[CapFit.Sample]]]
    /// By model: wrong answers that the source did not keep, as a share of all wrong ones.
    var unknownShares: [Double]
  }

  /// `name` is gpqa or aime. Models are runs, by number.
  func repeated(_ name: String) throws -> Repeated {
    let url = folder.appending(path: "epoch_hub/samples_\(name).csv")
    let rows = try CSVRows(url)
    let run = try rows.column("rid")
    let question = try rows.column("qid")
    let ok = try rows.column("ok")
    let cluster = try rows.column("cluster")
    let tokens = try rows.column("out_tok")
    var questions: [String: Int] = [:]
    var cells: [Int: [Int: [Int: Int]]] = [:]
    var samples: [Int: [Int: [CapFit.Sample]]] = [:]
    var names: [String] = []
    try rows.forEachRow { row in
      let name = row.text(question)
      let index = questions[name] ?? questions.count
      if index == questions.count {
        questions[name] = index
        names.append(name)
      }
      let id = Int(row.number(run))
      let isRight = row.number(ok) == 1
      // Key 0 is right, positive a wrong answer, negative one that was not kept: its own.
      var key = isRight ? 0 : Int(row.number(cluster))
      let counts = cells[id, default: [:]][index, default: [:]]
      if !isRight && key <= 0 { key = -1 - counts.keys.count { $0 < 0 } }
      cells[id, default: [:]][index, default: [:]][key, default: 0] += 1
      let length = Int(row.number(tokens))
      if length > 0 {
        samples[id, default: [:]][index, default: []].append(
          CapFit.Sample(tokens: length, isRight: isRight))
      }
    }
    var table = AnswerTable(questions: names)
    var ordered: [[[CapFit.Sample]]] = []
    var unknown: [Double] = []
    for id in cells.keys.sorted() {
      table.add(
        model: "\(id)",
        cells: names.indices.map { question in
          cells[id]?[question].map { counts in
            AnswerCell(
              right: counts[0] ?? 0,
              wrong: counts.filter { $0.key != 0 }.sorted { $0.key < $1.key }.map(\.value))
          }
        })
      ordered.append(names.indices.map { samples[id]?[$0] ?? [] })
      unknown.append(Self.unknownShare(cells[id] ?? [:]))
    }
    return Repeated(table: table, samples: ordered, unknownShares: unknown)
  }

  private static func unknownShare(_ questions: [Int: [Int: Int]]) -> Double {
    let wrong = questions.values.flatMap { $0.filter { $0.key != 0 } }
    let all = wrong.reduce(0) { $0 + $1.value }
    let unknown = wrong.reduce(0) { $0 + ($1.key < 0 ? $1.value : 0) }
    return all > 0 ? Double(unknown) / Double(all) : 0
  }

  /// One answer per model and question: a column `ok` with a digit per model, `.` for none.
  func single(_ path: String) throws -> AnswerTable {
    let rows = try CSVRows(folder.appending(path: path))
    let question = try rows.column("qid")
    let ok = try rows.column("ok")
    var names: [String] = []
    var columns: [[AnswerCell?]] = []
    try rows.forEachRow { row in
      names.append(row.text(question))
      for (model, digit) in row.text(ok).utf8.enumerated() {
        if model == columns.count { columns.append([]) }
        let cell: AnswerCell? =
          switch digit {
          case UInt8(ascii: "1"): AnswerCell(right: 1, wrong: [])
          case UInt8(ascii: "0"): AnswerCell(right: 0, wrong: [1])
          default: nil
          }
        columns[model].append(cell)
      }
    }
    var table = AnswerTable(questions: names)
    for (model, cells) in columns.enumerated() { table.add(model: "\(model)", cells: cells) }
    return table
  }

  /// Right samples of 100 (or as `n_samples.csv` says) per model and coding task.
  func code() throws -> AnswerTable {
    var counts: [String: Int] = [:]
    let sizes = try CSVRows(folder.appending(path: "evalperf_code/n_samples.csv"))
    let (name, size) = (try sizes.column("model"), try sizes.column("n"))
    try sizes.forEachRow { counts[$0.text(name)] = Int($0.number(size)) }
    let rows = try CSVRows(folder.appending(path: "evalperf_code/correct_counts.csv"))
    let task = try rows.column("task")
    let models = counts.keys.sorted()
    let columns = try models.map { try rows.column($0) }
    var names: [String] = []
    var cells = [[AnswerCell?]](repeating: [], count: models.count)
    try rows.forEachRow { row in
      names.append(row.text(task))
      for (model, column) in columns.enumerated() {
        let right = Int(row.number(column))
        let rest = (counts[models[model]] ?? 0) - right
        cells[model].append(AnswerCell(right: right, wrong: rest > 0 ? [rest] : []))
      }
    }
    var table = AnswerTable(questions: names)
    for (model, row) in zip(models, cells) { table.add(model: model, cells: row) }
    return table
  }

  /// Figures of `facts.csv` by model for a strategy and a benchmark, in 0...1, from a source whose
  /// name begins with `source`.
  func facts(strategy: String, benchmark: String, source: String) throws -> [String: Double] {
    var figures: [String: Double] = [:]
    try LogCSV.forEachRow(of: folder.appending(path: "facts/facts.csv"), file: "facts.csv") {
      header, row in
      guard row.text(header.column("strategy")) == strategy,
        row.text(header.column("benchmark")) == benchmark,
        row.text(header.column("source"))?.hasPrefix(source) == true,
        let model = row.text(header.column("model")),
        let percent = try row.number(header.column("accuracy_pct"))
      else { return }
      figures[model] = percent / 100
    }
    return figures
  }
}
