internal import Quantities

/// One recorded session, its sub-agents' requests put in line with its own.
struct AgenticSession {
  private(set) var requests: [AgenticRequest] = []
  private(set) var blockTokens = 0
  private(set) var assumedThinkTimes = 0
  private(set) var serializedSubagents = 0

  /// A record of a session as it stands in the file: a request, or a sub-agent with requests.
  private struct Record {
    var request = AgenticRequest()
    /// From the start of the session; where a sub-agent's record says when it ended.
    var time = SimDuration.zero
    var serviceTime: SimDuration?
    var recordedThinkTime: SimDuration?
    var subagent: [Record]?
  }

  init(_ scanner: inout JSONScanner) throws {
    var records: [Record] = []
    var isScopeLocal = true
    try scanner.object("a session") { scanner, key in
      if scanner.matches(key, "block_size") {
        blockTokens = try scanner.whole("tokens of a block")
      } else if scanner.matches(key, "hash_id_scope") {
        isScopeLocal = try scanner.string("the scope of block ids") == "local"
      } else if scanner.matches(key, "requests") {
        records = try Self.records(&scanner, isNested: false)
      } else {
        try scanner.skip()
      }
    }
    try scanner.end()
    guard blockTokens > 0, isScopeLocal, !records.isEmpty else {
      throw TraceError(
        line: 1, column: nil,
        problem: blockTokens == 0
          ? "the session has no block_size"
          : records.isEmpty ? "the session has no requests" : "its hash_id_scope is not local",
        expectation: "block_size, hash_id_scope: local, and requests")
    }
    line(up: records)
    guard !requests.isEmpty else {
      throw TraceError(
        line: 1, column: nil, problem: "the session has no requests", expectation: "at least one")
    }
  }

  /// Puts sub-agents' requests between those of the main agent, and derives who waits how long.
  private mutating func line(up records: [Record]) {
    /// When what came before ended; nil where the record does not say.
    var lastEnd: SimDuration? = .zero
    var lastStart = SimDuration.zero
    var subagentsInARow = 0
    for record in records {
      if let nested = record.subagent {
        appendNested(nested)
        subagentsInARow += 1
        if subagentsInARow > 1 { serializedSubagents += 1 }
        lastEnd = max(lastEnd ?? .zero, record.time)
        lastStart = record.time
        continue
      }
      let follows = subagentsInARow > 0
      subagentsInARow = 0
      append(record, since: lastEnd, lastStart, follows: follows)
      lastStart = record.time
      lastEnd = record.serviceTime.map { record.time + $0 }
    }
  }

  /// A sub-agent's requests, whose times count from its own start.
  private mutating func appendNested(_ nested: [Record]) {
    var lastEnd: SimDuration? = .zero
    var lastStart = SimDuration.zero
    for record in nested {
      append(record, since: lastEnd, lastStart, follows: false)
      lastStart = record.time
      lastEnd = record.serviceTime.map { record.time + $0 }
    }
  }

  /// The think time is the recorded one where it counts from the end of the request before. It
  /// does not after a request whose duration is not recorded, nor after sub-agents: then it is the
  /// time since that request was asked, or since the last sub-agent ended.
  private mutating func append(
    _ record: Record, since lastEnd: SimDuration?, _ lastStart: SimDuration, follows: Bool
  ) {
    var request = record.request
    if lastEnd != nil, !follows, let recorded = record.recordedThinkTime {
      request.thinkTime = recorded
    } else {
      request.thinkTime = max(.zero, record.time - (lastEnd ?? lastStart))
      if lastEnd == nil { assumedThinkTimes += 1 }
    }
    requests.append(request)
  }

  private static func records(_ scanner: inout JSONScanner, isNested: Bool) throws -> [Record] {
    var records: [Record] = []
    try scanner.array("requests") { scanner in
      records.append(try record(&scanner, isNested: isNested))
    }
    return records
  }

  private static func record(_ scanner: inout JSONScanner, isNested: Bool) throws -> Record {
    let start = scanner.mark()
    var record = Record()
    var found: (time: Bool, prompt: Bool, output: Bool) = (false, false, false)
    var isSubagent = false
    try scanner.object("a request") { scanner, key in
      if scanner.matches(key, "t") {
        record.time = try scanner.seconds("the time of the request")
        found.time = true
      } else if scanner.matches(key, "type") {
        isSubagent = try scanner.string("the type of the request") == "subagent"
      } else if scanner.matches(key, "in") {
        record.request.promptTokens = try scanner.whole("the prompt tokens")
        found.prompt = true
      } else if scanner.matches(key, "out") {
        record.request.outputTokens = try scanner.whole("the output tokens")
        found.output = true
      } else if scanner.matches(key, "hash_ids") {
        try scanner.blockIDs(into: &record.request.blockIDs)
      } else if scanner.matches(key, "api_time") {
        record.serviceTime = try scanner.optionalSeconds("the duration of the answer")
      } else if scanner.matches(key, "think_time") {
        record.recordedThinkTime = try scanner.optionalSeconds("the think time")
      } else if scanner.matches(key, "requests"), !isNested {
        record.subagent = try records(&scanner, isNested: true)
      } else {
        try scanner.skip()
      }
    }
    guard found.time, isSubagent ? record.subagent != nil : found.prompt && found.output else {
      throw scanner.error(
        at: start, "the \(isSubagent ? "sub-agent" : "request") is not complete",
        isSubagent ? "t and requests" : "t, in and out")
    }
    if !isSubagent { record.subagent = nil }
    return record
  }
}

extension JSONScanner {
  /// A time ≥ 0 in seconds.
  mutating func seconds(_ what: String) throws -> SimDuration {
    let number = try number(what)
    guard let ticks = DecimalText.ticks(bytes, number, unit: .seconds) else {
      throw isNot("a time ≥ 0 in seconds", what, at: number.lowerBound)
    }
    // Whole nanoseconds, so that a copy in decimals is exact.
    return SimDuration(nanoseconds: SimDuration(ticks: ticks).nanoseconds)
  }

  mutating func optionalSeconds(_ what: String) throws -> SimDuration? {
    takesNull() ? nil : try seconds(what)
  }
}
