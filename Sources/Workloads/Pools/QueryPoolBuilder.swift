/// Rows of a query pool on their way to become one.
struct QueryPoolBuilder {
  let features: [String]
  let texts: [String]
  private var taskNames: [String] = []
  private var armNames: [String] = []
  private var armIndices: [String: Int] = [:]
  private var taskIndices: [String: Int] = [:]
  private var queryIndices: [String: Int] = [:]
  private var entries: [QueryPool.Entry] = []

  init(features: [String], texts: [String]) {
    self.features = features
    self.texts = texts
  }

  /// Throws where a header lacks what every row must have.
  func check(_ header: [String]) throws(TraceError) {
    for names in [
      ["query_id", "record_index"], ["arm", "model_name"], ["score"], ["prompt_tokens"],
      ["completion_tokens"],
    ] + (features + texts).map({ [$0] })
    where !names.contains(where: header.contains) {
      throw TraceError(
        line: 1, column: nil, problem: "there is no column \"\(names[0])\"",
        expectation: "it, among \(header.joined(separator: ", "))")
    }
  }

  /// Takes a row of names and values.
  mutating func add(_ row: [String: String], line: Int) throws(TraceError) {
    let query = try Self.queryID(row, line)
    let arm = index(of: try Self.text(["arm", "model_name"], row, line))
    let outcome = PoolOutcome(
      score: try number("score", row, line, in: 0...1),
      promptTokens: try Self.tokens("prompt_tokens", row, line),
      completionTokens: try Self.tokens("completion_tokens", row, line))
    let position = try entry(query, row, line)
    while entries[position].outcomes.count <= arm { entries[position].outcomes.append(nil) }
    guard entries[position].outcomes[arm] == nil else {
      throw TraceError(
        line: line, column: nil,
        problem: "query \(query) has an outcome under \(armNames[arm]) already",
        expectation: "one row for each query and arm")
    }
    entries[position].outcomes[arm] = outcome
  }

  private mutating func index(of arm: String) -> Int {
    if let known = armIndices[arm] { return known }
    armIndices[arm] = armNames.count
    armNames.append(arm)
    return armNames.count - 1
  }

  /// The position of a query, which its first row describes.
  private mutating func entry(
    _ id: String, _ row: [String: String], _ line: Int
  ) throws(TraceError) -> Int {
    let features = try describedFeatures(row, line)
    if let known = queryIndices[id] {
      guard entries[known].features?.numbers == features?.numbers,
        entries[known].features?.texts == features?.texts
      else {
        throw TraceError(
          line: line, column: nil, problem: "query \(id) has other features than above",
          expectation: "the same in every row of a query")
      }
      return known
    }
    let task = row["task"] ?? row["dataset_id"] ?? "pool"
    if taskIndices[task] == nil {
      taskIndices[task] = taskNames.count
      taskNames.append(task)
    }
    queryIndices[id] = entries.count
    entries.append(
      QueryPool.Entry(
        id: id, task: taskIndices[task] ?? 0, split: row["split"] ?? "", features: features,
        outcomes: []))
    return entries.count - 1
  }

  private func describedFeatures(
    _ row: [String: String], _ line: Int
  ) throws(TraceError) -> QueryFeatures? {
    guard !features.isEmpty || !texts.isEmpty else { return nil }
    var numbers: [Double] = []
    for name in features { numbers.append(try number(name, row, line)) }
    var values: [String] = []
    for name in texts { values.append(try Self.text([name], row, line)) }
    return QueryFeatures(numbers: numbers, texts: values)
  }

  private static func queryID(_ row: [String: String], _ line: Int) throws(TraceError) -> String {
    if let id = row["query_id"], !id.isEmpty { return id }
    let index = try text(["query_id", "record_index"], row, line)
    return [row["dataset_id"], row["split"], index].compactMap { $0 }.joined(separator: "/")
  }

  private static func text(
    _ names: [String], _ row: [String: String], _ line: Int
  ) throws(TraceError) -> String {
    for name in names {
      if let text = row[name], !text.isEmpty { return text }
    }
    throw TraceError(
      line: line, column: nil, problem: "the row has no \(names[0])", expectation: "one")
  }

  private func number(
    _ name: String, _ row: [String: String], _ line: Int,
    in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
  ) throws(TraceError) -> Double {
    let text = try Self.text([name], row, line)
    guard let value = Double(text), range.contains(value) else {
      throw TraceError(
        line: line, column: nil, problem: "the \(name) \(TraceError.quote(text.utf8)) is none",
        expectation: range.upperBound <= 1 ? "a number from 0 to 1" : "a number")
    }
    return value
  }

  private static func tokens(
    _ name: String, _ row: [String: String], _ line: Int
  ) throws(TraceError) -> Int {
    let text = try text([name], row, line)
    // Some tables hold counts as 118.0.
    guard let value = Double(text), value >= 0, value <= Double(DecimalText.mostTokens),
      value == value.rounded()
    else {
      throw TraceError(
        line: line, column: nil, problem: "the \(name) \(TraceError.quote(text.utf8)) are none",
        expectation: "a whole number from 0 to \(DecimalText.mostTokens)")
    }
    return Int(value)
  }

  /// The pool of all rows so far.
  func pool(line: Int) throws(TraceError) -> QueryPool {
    guard !entries.isEmpty else {
      throw TraceError(
        line: line + 1, column: nil, problem: "empty pool: no row", expectation: "at least one row")
    }
    var whole = entries
    for index in whole.indices {
      while whole[index].outcomes.count < armNames.count { whole[index].outcomes.append(nil) }
    }
    return QueryPool(taskNames: taskNames, armNames: armNames, entries: whole)
  }
}
