import Quantities
import TestSupport
import Testing
import Workloads

struct OwnTraceTests {
  @Test func `every column is read`() throws {
    let text = """
      prompt_tokens,arrival_ms,output_tokens,task,difficulty,priority,session,turn,timeout_s,\
      patience_us,prefix_block_tokens,prefix_block_ids
      10,1.5,20,"a, b",0.25,-3,7,2,1.5,250,32,0-2 9 4294967296
      11,2,21,,,,,,,,,
      """
    let names = ["x", "a, b"]
    let rows = try queries(ownReader(text, taskNames: names))
    let first = rows[0]
    #expect(first.arrival == SimTime(nanoseconds: 1_500_000))
    #expect(first.promptTokens == 10 && first.recordedOutputTokens == 20)
    #expect(first.task == 1 && first.difficulty == 0.25 && first.priority == -3)
    #expect(first.context.session == 7 && first.context.turn == 2)
    #expect(first.context.timeout == SimDuration(nanoseconds: 1_500_000_000))
    #expect(first.context.patience == SimDuration(nanoseconds: 250_000))
    #expect(first.context.prefixBlockTokens == 32)
    #expect(first.context.prefixBlockIDs == [0, 1, 2, 9, 4_294_967_296])
    let second = rows[1]
    #expect(second.context.session == nil && second.context.timeout == nil)
    #expect(second.priority == 0 && second.context.prefixBlockIDs.isEmpty)
  }

  @Test func `quotes may hold commas and doubled quotes`() throws {
    let text = "arrival_s,prompt_tokens,output_tokens,task\n\"0\",\"5\",6,\"say \"\"a, b\"\"\"\n"
    let rows = try queries(ownReader(text, taskNames: ["say \"a, b\""]))
    #expect(rows.map(\.promptTokens) == [5])
  }

  @Test func `times are exact to the tick`() throws {
    let text = """
      arrival_s,prompt_tokens,output_tokens
      0.0000000000000009765625,1,1
      0.1,1,1
      1e0,1,1
      3162239999.999999999,1,1
      """
    let ticks = try queries(ownReader(text)).map(\.arrival.ticks)
    #expect(
      ticks == [
        1, 102_400_000_000_000, 1_024_000_000_000_000, 3_162_239_999_999_999_999 * 1_024_000,
      ])
  }

  @Test func `turns with think times follow the turn above them`() throws {
    let text = """
      arrival_s,think_s,prompt_tokens,output_tokens,session,prefix_block_tokens,prefix_block_ids
      1,,100,5,a,16,1-6
      ,2.5,150,6,a,16,1-6 9 10
      ,0,120,7,a,16,1-3 20
      4,,10,8,,,
      """
    var source = TraceSource(ownReader(text), seed: 1)
    let first = try #require(try source.next())
    let alone = try #require(try source.next())
    #expect(first.id == 0 && alone.id == 3 && alone.arrival.seconds == 4)
    #expect(try source.next() == nil)
    let end = SimTime(rounding: 10)
    let second = try #require(try source.followUp(to: first, endedAt: end))
    #expect(second.id == 1 && second.arrival == SimTime(rounding: 12.5))
    #expect(second.context.turn == 1 && second.context.session == first.context.session)
    #expect(second.context.prefixBlockIDs == [1, 2, 3, 4, 5, 6, 9, 10])
    let third = try #require(try source.followUp(to: second, endedAt: second.arrival))
    #expect(third.id == 2 && third.arrival == second.arrival && third.context.turn == 2)
    #expect(third.context.prefixBlockIDs == [1, 2, 3, 20])
    #expect(try source.followUp(to: third, endedAt: end) == nil)
    #expect(try source.followUp(to: alone, endedAt: end) == nil)
  }

  static let header = "arrival_s,prompt_tokens,output_tokens"

  @Test(
    arguments: [
      ("arrival_s,prompt,output_tokens", 1, "unknown column \"prompt\""),
      ("arrival_s,output_tokens", 1, "no column \"prompt_tokens\""),
      ("arrival_s,arrival_ms,prompt_tokens", 1, "another unit"),
      ("arrival_s,arrival_s,prompt_tokens", 1, "there twice"),
      ("\(header)\n-1,2,3", 2, "\"-1\" is not a time"),
      ("\(header)\nnan,2,3", 2, "\"nan\" is not a time"),
      ("\(header)\n0x10,2,3", 2, "is not a time"),
      ("\(header)\n.,2,3", 2, "\".\" is not a time"),
      ("\(header)\n1e99,2,3", 2, "is not a time"),
      ("\(header)\n9999999999,2,3", 2, "less than 100 years"),
      ("\(header)\n,2,3", 2, "no arrival"),
      ("\(header)\n1,,3", 2, "prompt tokens"),
      ("\(header)\n1,2,3\n0.5,2,3", 3, "before the one above"),
      ("\(header),priority\n1,2,3,high", 2, "is not a priority"),
      ("\(header),difficulty\n1,2,3,1", 2, "is not a difficulty"),
      ("\(header),turn\n1,2,3,-1", 2, "is not a turn"),
      ("\(header),prefix_block_ids\n1,2,3,1-0", 2, "list of block ids"),
      ("\(header),prefix_block_ids\n1,2,3,0-9999999", 2, "list of block ids"),
      ("\(header),prefix_block_ids\n1,2,3,1  2", 2, "list of block ids"),
      ("\(header),prefix_block_ids\n1,2,3,0-3\n1,2,3,7 0-3 2", 3, "2 comes twice"),
      ("\(header),prefix_block_tokens\n1,2,3,0", 2, "size of a block"),
      ("\(header),think_s\n,2,3,1", 2, "no row above"),
      ("\(header),think_s,session\n1,2,3,,a\n,2,3,1,b", 3, "another session"),
      ("\(header),think_s\n1,2,3,\n1,2,3,1", 3, "an arrival and a think time"),
    ])
  func `what is wrong is told with its line`(text: String, line: Int, words: String) throws {
    let error = try #require(throws: TraceError.self) { try queries(ownReader(text)) }
    #expect(error.line == line, "\(error)")
    #expect(error.description.contains(words), "\(error)")
  }

  @Test func `any CSV is read by a map of its columns`() throws {
    let columns = TraceColumns([
      .init(.output, "generated"), .init(.arrival, "when", unit: .timestamp),
      .init(.prompt, "in"), .init(.session, "user"), .init(.timeout, "limit", unit: .milliseconds),
    ])
    let text = """
      user,when,other,in,generated,limit
      bob,2024-01-01T00:00:00Z,x,5,6,100
      ,2024-01-01T00:00:01.25Z,,7,8,
      """
    let rows = try queries(CSVTraceReader(ByteArraySource(text), columns: columns))
    #expect(rows.map(\.arrival.seconds) == [0, 1.25])
    #expect(rows.map(\.promptTokens) == [5, 7] && rows.map(\.recordedOutputTokens) == [6, 8])
    #expect(rows[0].context.session != nil && rows[1].context.session == nil)
    #expect(rows[0].context.timeout?.milliseconds == 100 && rows[1].context.timeout == nil)
  }

  /// Random queries, some in sessions, written and read again.
  @Test func `what is written is read again, to the tick`() throws {
    try forEverySeed(50) { _, random in
      var written: [(query: Query, think: SimDuration?)] = []
      var time: Int128 = 0
      for id in 0..<40 as Range<UInt64> {
        time += Int128(Int64.random(in: 0...1 << 52, using: &random))
        let follows = id > 0 && random.oneIn(3) && written[Int(id) - 1].query.context.session != nil
        var query = Query(
          id: id, arrival: SimTime(ticks: time), task: Int(id % 2),
          promptTokens: .random(in: 1...9999, using: &random),
          recordedOutputTokens: random.oneIn(5) ? nil : .random(in: 1...999, using: &random),
          difficulty: .random(in: 0.001..<1, using: &random),
          priority: .random(in: -5...5, using: &random))
        if follows {
          query.context.session = written[Int(id) - 1].query.context.session
          query.context.turn = written[Int(id) - 1].query.context.turn + 1
        } else if random.oneIn(2) {
          query.context.session = id
        }
        if random.oneIn(3) { query.context.timeout = SimDuration(ticks: Int128(id) * 977) }
        if random.oneIn(2) {
          query.context.prefixBlockTokens = 64
          // Runs of numbers among them, and the largest.
          let few = (0...5).map { UInt64($0) } + [.max - 1, .max]
          let ids = random.oneIn(2) ? few.shuffled(using: &random) : few
          query.context.prefixBlockIDs = Array(
            ids.prefix(Int.random(in: 1...ids.count, using: &random)))
        }
        let think =
          follows ? SimDuration(ticks: Int128(Int64.random(in: 0...1 << 55, using: &random))) : nil
        written.append((query, think))
      }
      var columns = TraceCSVWriter.Columns()
      for (query, think) in written { columns.include(query, isFollowUp: think != nil) }
      let names = ["left", "right"]
      let writer = TraceCSVWriter(columns, taskNames: names)
      var bytes = writer.header
      for (query, think) in written { writer.append(query, thinkTime: think, to: &bytes) }
      var source = TraceSource(
        CSVTraceReader(ByteArraySource(bytes, pieceSize: 100), columns: .own, taskNames: names),
        seed: 1, allowsMissingOutput: true)
      var position = 0
      try source.forEachTurn { query, think in
        let expected = written[position].query
        #expect(query.id == expected.id && think == written[position].think)
        if think == nil { #expect(query.arrival == expected.arrival) }
        #expect(query.promptTokens == expected.promptTokens && query.task == expected.task)
        #expect(query.recordedOutputTokens == expected.recordedOutputTokens)
        #expect(query.difficulty == expected.difficulty && query.priority == expected.priority)
        #expect(query.context.session == expected.context.session)
        #expect(query.context.turn == expected.context.turn)
        #expect(query.context.timeout == expected.context.timeout)
        #expect(query.context.prefixBlockIDs == expected.context.prefixBlockIDs)
        position += 1
      }
      #expect(position == written.count)
    }
  }
}
