import Quantities
import TestSupport
import Testing
import Workloads

struct MooncakeTraceTests {
  static let trace = """
    {"timestamp": 0, "input_length": 1025, "output_length": 5, "hash_ids": [0, 1, 2]}
    {"hash_ids":[0,1],"output_length":6,"extra":{"a":[1,"]}",null,true]},"timestamp":27,"input_length":1024}
    {"timestamp": 27.5, "input_length": 3, "output_length": 7, "hash_ids": []}

    """

  @Test(arguments: [1, 5, 64, 1000])
  func `rows are read whatever the order of their keys`(pieceSize: Int) throws {
    let reader = MooncakeTraceReader(ByteArraySource(Self.trace, pieceSize: pieceSize))
    let rows = try queries(reader)
    #expect(rows.map(\.arrival.nanoseconds) == [0, 27_000_000, 27_500_000])
    #expect(rows.map(\.promptTokens) == [1025, 1024, 3])
    #expect(rows.map(\.recordedOutputTokens) == [5, 6, 7])
    #expect(rows.map(\.context.prefixBlockIDs) == [[0, 1], [0, 1], []])
    #expect(rows.allSatisfy { $0.context.prefixBlockTokens == 512 })
  }

  @Test func `the id of a partial block names no whole block`() throws {
    var reader = MooncakeTraceReader(ByteArraySource(Self.trace), keepsPartialBlocks: true)
    #expect(try reader.next()?.head.query.context.prefixBlockIDs == [0, 1, 2])
  }

  @Test(
    arguments: [
      ("", 1, "the trace is empty"), ("{}", 1, "no timestamp"),
      ("{\"timestamp\": 1, \"input_length\": 2}", 1, "no output_length"),
      ("{\"timestamp\": -1}", 1, "is not a time"), ("{\"timestamp\": true}", 1, "not a number"),
      (
        "{\"input_length\": 1.5}", 1,
        "column 18: \"1.5\" is not a whole number from 0 to 999999999; expected the prompt tokens"
      ),
      ("{\"input_length\": 1e3}", 1, "is not a whole number"),
      ("{\"input_length\": 9999999999}", 1, "from 0 to 999999999"),
      ("{\"hash_ids\": [1, -2]}", 1, "\"-2\" is not a whole number"),
      ("{\"hash_ids\": [4, 5, 4]}", 1, "4 comes twice"),
      ("{\"hash_ids\": 7}", 1, "is not an array"), ("{\"timestamp\": 1", 1, "ends too early"),
      ("{\"timestamp\" 1}", 1, "colon"), ("[1]", 1, "is not an object"),
      (trace + "\n{}", 4, "line is empty"), (trace + "x", 4, "is not an object"),
      ("{\"timestamp\":1,\"input_length\":1,\"output_length\":1} x", 1, "is not the end"),
      ("{\"a\": " + String(repeating: "[", count: 99), 1, "levels"),
    ])
  func `what is wrong is told with its line`(text: String, line: Int, words: String) throws {
    let error = try #require(throws: TraceError.self) {
      try queries(MooncakeTraceReader(ByteArraySource(text)))
    }
    #expect(error.line == line && error.description.contains(words), "\(error)")
  }
}

struct BurstGPTTests {
  @Test func `both versions are read by the names of their columns`() throws {
    let first = """
      Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
      5,ChatGPT,472,18,490,Conversation log
      45,GPT-4,7,0,7,API log
      45,GPT-4,0,0,0,API log
      """
    let second = """
      Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type
      5,12,3,ChatGPT,472,18,490,Conversation log
      45,,1,GPT-4,7,0,7,API log
      45,,1,GPT-4,0,0,0,API log
      """
    for (text, session) in [(first, nil), (second, 12)] as [(String, UInt64?)] {
      var source = TraceSource(
        CSVTraceReader(ByteArraySource(text), columns: .burstGPT), seed: 1)
      let rows = try queries(&source)
      #expect(rows.map(\.promptTokens) == [472] && rows[0].recordedOutputTokens == 18)
      #expect(rows[0].arrival.seconds == 5, "local time of day is kept")
      #expect(rows[0].context.session == session)
      #expect(source.tally?.withoutOutput == 1 && source.tally?.withoutPrompt == 1)
    }
  }
}

/// Sessions of coding agents.
struct AgenticTraceTests {
  static let session = """
    {"id":"a","models":["m"],"block_size":4,"hash_id_scope":"local","tool_tokens":5,
     "requests":[
      {"t":0.0,"type":"n","model":"m","in":9,"out":2,"hash_ids":[1,2],"api_time":1.5,"think_time":0.0},
      {"t":3.5,"type":"s","model":"m","in":13,"out":3,"hash_ids":[1,2,3],"stop":"","think_time":2.0},
      {"t":10.0,"type":"s","model":"m","in":13,"out":4,"hash_ids":[1,2,4],"api_time":2.0,
       "think_time":8.5},
      {"t":20.0,"type":"subagent","agent_id":"x","duration_ms":7000,"requests":[
        {"t":0.0,"type":"n","in":4,"out":5,"hash_ids":[7],"api_time":1,"think_time":0.0},
        {"t":4.0,"type":"n","in":8,"out":6,"hash_ids":[7,8],"api_time":1,"think_time":3.0}]},
      {"t":19.0,"type":"subagent","agent_id":"y","duration_ms":null,"requests":[
        {"t":0.0,"type":"n","in":5,"out":7,"hash_ids":[1],"think_time":null}]},
      {"t":30.0,"type":"n","model":"m","in":20,"out":8,"hash_ids":[1,2,4,5,6],"api_time":1.0,
       "think_time":18.0}],
     "totals":{"a":[{"b":1}]}}
    """

  private func reader(_ texts: String...) -> AgenticTraceReader {
    AgenticTraceReader(
      texts.enumerated().map { index, text in
        TraceFile(name: "s\(index).json") { ByteArraySource(text, pieceSize: 50) }
      })
  }

  @Test func `think times count from the end of what came before`() throws {
    var source = TraceSource(
      reader(Self.session), rules: Self.rules, seed: 1)
    var thinkTimes: [Double?] = []
    var tokens: [Int] = []
    try source.forEachTurn { query, think in
      thinkTimes.append(think?.seconds)
      tokens.append(query.promptTokens)
      #expect(query.context.session == 0 && query.context.turn == tokens.count - 1)
    }
    // The second request's answer has no duration: the third comes 6.5 s after it was asked. The
    // last comes 10 s after the later of the two sub-agents has ended.
    #expect(thinkTimes == [nil, 2, 6.5, 0, 3, 0, 10])
    #expect(tokens == [9, 13, 13, 4, 8, 5, 20])
    #expect(source.tally?.assumedThinkTimes == 1 && source.tally?.serializedSubagents == 1)
  }

  private static var rules: TraceRules {
    var rules = TraceRules()
    rules.sessionsPerSecond = 1
    return rules
  }

  @Test func `block ids are a session's own, and whole`() throws {
    var source = TraceSource(reader(Self.session, Self.session), rules: Self.rules, seed: 1)
    let all = try queries(&source)
    #expect(all.count == 14)
    let own: [[UInt64]] = [[1, 2], [1, 2, 3], [1, 2, 4], [7], [7, 8], [1], [1, 2, 4, 5, 6]]
    #expect(all[..<7].map(\.context.prefixBlockIDs) == own)
    let high: UInt64 = 1 << 32
    #expect(all[7...].map(\.context.prefixBlockIDs) == own.map { $0.map { high | $0 } })
    #expect(all.map(\.id) == Array(0..<14) && all[7].context.session == 1)
    #expect(all.allSatisfy { $0.context.prefixBlockTokens == 4 })
  }

  @Test(
    arguments: [
      ("", 1, "ends too early"), ("{}", 1, "no block_size"),
      ("{\"block_size\":4}", 1, "no requests"),
      ("{\"block_size\":4,\"requests\":[]}", 1, "no requests"),
      ("{\"block_size\":4,\"requests\":[{\"t\":0}]}", 1, "request is not complete"),
      (
        "{\"block_size\":4,\"hash_id_scope\":\"global\",\n\"requests\":[{\"t\":0,\"in\":1,\"out\":1}]}",
        1, "scope"
      ),
      ("{\"block_size\":4,\n\"requests\":[\n{\"t\":-1}]}", 3, "is not a time"),
      ("{\"block_size\":4,\n\"requests\":[{\"t\":0,\"type\":\"subagent\"}]}", 2, "sub-agent"),
    ] as [(String, Int, String)])
  func `what is wrong is told with its file and line`(text: String, line: Int, words: String) throws
  {
    var reader = reader(text)
    let error = try #require(throws: TraceError.self) { try reader.next() }
    #expect(error.file == "s0.json" && error.line == line, "\(error)")
    #expect(error.description.contains(words), "\(error)")
  }
}
