import Quantities
import TestSupport
import Testing
import Workloads

@Suite struct QueryPoolTests {
  private func pool(
    _ text: String, features: [String] = [], texts: [String] = []
  ) throws -> QueryPool {
    try QueryPoolReader(features: features, texts: texts).read(ByteArraySource(text))
  }

  private func problem(_ text: String, features: [String] = []) -> String? {
    do {
      _ = try pool(text, features: features)
      return nil
    } catch { return "\(error)" }
  }

  private static let small = """
    query_id,arm,score,prompt_tokens,completion_tokens,task,split,s
    a,x,1,10,5,t,test,0.5
    a,y,0,12,50,t,test,0.5
    b,x,0,20,6,u,train,0.25
    b,y,0.5,22,60,u,train,0.25

    """

  @Test func `rows of CSV become queries with an outcome for each arm`() throws {
    let pool = try pool(Self.small, features: ["s"])
    #expect(pool.armNames == ["x", "y"])
    #expect(pool.taskNames == ["t", "u"])
    #expect(pool.entries.map(\.id) == ["a", "b"])
    #expect(pool.entries.map(\.split) == ["test", "train"])
    #expect(pool.entries.map { $0.features?.numbers } == [[0.5], [0.25]])
    #expect(
      pool.entries[1].outcomes == [
        PoolOutcome(score: 0, promptTokens: 20, completionTokens: 6),
        PoolOutcome(score: 0.5, promptTokens: 22, completionTokens: 60),
      ])
  }

  @Test func `records of LLMRouterBench load as they are, in CSV and in JSON lines`() throws {
    let csv = """
      dataset_id,split,model_name,record_index,score,prompt_tokens,completion_tokens,judge
      aime,test,M-1,7,1.0,118.0,900,x
      aime,test,M-2,7,0.0,118,30,x
      """
    let lines = """
      {"dataset_id": "aime", "split": "test", "model_name": "M-1", "record_index": 7, \
      "score": 1.0, "prompt_tokens": 118, "completion_tokens": 900, "raw": {"a": [1, null]}}
      {"dataset_id": "aime", "split": "test", "model_name": "M-2", "record_index": 7, \
      "score": false, "prompt_tokens": 118, "completion_tokens": 30, "raw": null}
      """
    for text in [csv, lines] {
      let pool = try pool(text)
      #expect(pool.armNames == ["M-1", "M-2"])
      #expect(pool.taskNames == ["aime"])
      #expect(pool.entries.map(\.id) == ["aime/test/7"])
      #expect(pool.entries[0].outcomes.map { $0?.score } == [1, 0])
      #expect(pool.entries[0].outcomes.map { $0?.completionTokens } == [900, 30])
    }
  }

  @Test func `difficulty is the rank within the task by how many arms fail`() throws {
    var rows = "query_id,arm,score,prompt_tokens,completion_tokens\n"
    for (query, scores) in [("p", [1, 0]), ("q", [0, 0]), ("r", [1, 1]), ("s", [0, 1])] {
      for (arm, score) in zip(["x", "y"], scores) { rows += "\(query),\(arm),\(score),1,1\n" }
    }
    let pool = try pool(rows)
    #expect(pool.entries.map(\.difficulty) == [0.375, 0.875, 0.125, 0.625])
  }

  @Test func `a missing outcome is found with its names`() throws {
    let pool = try pool(Self.small.replacing("b,y,0.5,22,60,u,train,0.25\n", with: ""))
    let missing = pool.missingOutcome(among: [0, 1], arms: [0, 1])
    #expect(missing?.query == "b" && missing?.arm == "y")
    #expect(pool.missingOutcome(among: [0], arms: [0, 1]) == nil)
    #expect(pool.missingOutcome(among: [0, 1], arms: [0]) == nil)
  }

  @Test func `broken rows are errors with their line`() {
    let header = "query_id,arm,score,prompt_tokens,completion_tokens\n"
    for (text, words) in [
      ("", "the file is empty"), (header, "empty pool"),
      (header + "a,x,2,1,1\n", "line 2: the score \"2\" is none; expected a number from 0 to 1"),
      (header + "a,x,1,1.5,1\n", "line 2: the prompt_tokens \"1.5\" are none"),
      (header + "a,x,1,1,1\na,x,0,1,1\n", "line 3: query a has an outcome under x already"),
      (header + "a,,1,1,1\n", "line 2: the row has no arm"),
      (header + "a,x,1,1\n", "line 2: the row has 4 columns; expected 5"),
      ("query_id,arm,score,prompt_tokens\n", "there is no column \"completion_tokens\""),
      ("{\"query_id\": \"a\", \"arm\": \"x\"}\n", "line 1: the row has no score"),
      ("{\"query_id\": \"a\"", "line 1"),
    ] {
      #expect(problem(text)?.contains(words) == true, "\(problem(text) ?? "none"): \(words)")
    }
    let other = Self.small.replacing("a,y,0,12,50,t,test,0.5", with: "a,y,0,12,50,t,test,0.6")
    #expect(problem(other, features: ["s"])?.contains("line 3: query a has other features") == true)
    #expect(problem(Self.small, features: ["z"])?.contains("no column \"z\"") == true)
  }

  @Test func `draws depend on seed and number alone, once gives each once`() {
    let once = PoolDraw(positions: [3, 5, 7, 9], order: .once, seed: 1)
    let order = (0..<4).map { once.position(of: $0) }
    #expect(order.sorted() == [3, 5, 7, 9])
    #expect(once.limit == 4)
    let inOrder = PoolDraw(positions: [3, 5, 7, 9], order: .inOrder, seed: 1)
    #expect((0..<4).map { inOrder.position(of: $0) } == [3, 5, 7, 9])
    let random = PoolDraw(positions: [3, 5, 7, 9], order: .random, seed: 1)
    let drawn = (0..<4_000).map { random.position(of: $0) }
    // Three standard deviations of a binomial around 1,000.
    for position in [3, 5, 7, 9] {
      #expect(abs(drawn.count { $0 == position } - 1_000) < 83)
    }
    #expect(random.limit == nil)
    let again = PoolDraw(positions: [3, 5, 7, 9], order: .random, seed: 1)
    #expect((0..<100).map { again.position(of: $0) } == Array(drawn[..<100]))
  }

  @Test func `a pool takes the place of what arrives, not of when`() throws {
    let pool = try pool(Self.small, features: ["s"])
    let draw = PoolDraw(positions: [1, 0], order: .inOrder, seed: 1)
    var source = PoolSource(
      ListSource(
        (0..<3).map {
          Query(id: $0, arrival: SimTime(ticks: Int128($0) * 7), task: 0, promptTokens: 9)
        }),
      pool: pool, draw: draw)
    let first = try #require(try source.next())
    #expect(first.arrival.ticks == 0 && first.task == 1 && first.promptTokens == 20)
    #expect(first.context.features?.numbers == [0.25])
    let second = try #require(try source.next())
    #expect(second.arrival.ticks == 7 && second.task == 0 && second.promptTokens == 10)
    #expect(try source.next() == nil)
  }

  @Test func `features and correctness of a trace reach the query`() throws {
    let text = """
      arrival_s,prompt_tokens,output_tokens,correct,router_score
      0,10,5,1,0.25
      1,10,5,0,-3
      2,10,5,,7e2
      """
    var columns = TraceColumns.own
    columns.features = ["router_score"]
    var source = TraceSource(CSVTraceReader(ByteArraySource(text), columns: columns), seed: 1)
    var queries: [Query] = []
    while let query = try source.next() { queries.append(query) }
    #expect(queries.map { $0.context.features?.numbers } == [[0.25], [-3], [700]])
    #expect(queries.map(\.recordedIsCorrect) == [true, false, nil])
    columns.features = ["router_scores"]
    var wrong = CSVTraceReader(ByteArraySource(text), columns: columns)
    #expect(throws: TraceError.self) { try wrong.next() }
  }

  @Test func `queries of a window come at its end, and count from when they were asked`() throws {
    let ticks: [Int128] = [0, 3, 10, 12]
    var source = WindowedSource(
      ListSource(
        ticks.enumerated().map {
          Query(
            id: UInt64($0.offset), arrival: SimTime(ticks: $0.element), task: 0, promptTokens: 1)
        }), window: SimDuration(ticks: 10))
    var seen: [[Int128]] = []
    while let query = try source.next() {
      seen.append([query.arrival.ticks, query.context.decisionDelay.ticks])
    }
    #expect(seen == [[0, 0], [10, 7], [10, 0], [20, 8]])
  }
}
