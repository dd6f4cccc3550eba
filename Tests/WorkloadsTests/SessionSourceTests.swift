import NumericalMethods
import Quantities
import Testing
import Workloads

/// Every query of a source whose answers all take `serving`, by id.
private func allQueries(
  of source: SessionSource, serving: SimDuration, reversed: Bool = false
) throws -> [UInt64: Query] {
  var source = source
  var queries: [UInt64: Query] = [:]
  var inFlight: [Query] = []
  while true {
    if let first = try source.next() {
      #expect(queries.updateValue(first, forKey: first.id) == nil)
      inFlight.append(first)
      if !reversed { continue }
    }
    guard let query = reversed ? inFlight.popLast() : inFlight.first else { break }
    if !reversed { inFlight.removeFirst() }
    if let next = try source.followUp(to: query, endedAt: query.arrival + serving) {
      #expect(queries.updateValue(next, forKey: next.id) == nil)
      #expect(next.arrival > query.arrival + serving)
      inFlight.append(next)
    }
  }
  return queries
}

private func workload(sessions: Int = 200, limit: Int? = nil, groups: Int = 3) -> SessionWorkload {
  SessionWorkload(
    starts: .poisson(rate: 2), turns: .exponential(mean: 4, maximum: 12),
    thinkTime: DurationDistribution(ExponentialDistribution(mean: 10)),
    systemPrompt: .init(tokens: .exponential(mean: 200), groupCount: groups),
    prefixBlockTokens: 16, contextLimit: limit,
    tasks: [
      .init(
        mixPart: .init(task: 0, weight: 1), firstMessage: .exponential(mean: 100),
        laterMessage: .exactly(30), answer: .exponential(mean: 80)),
      .init(
        mixPart: .init(task: 1, weight: 1), firstMessage: .exactly(7), laterMessage: .exactly(5),
        answer: .exactly(11)),
    ],
    sessionLimit: sessions)
}

@Suite struct SessionSourceTests {
  @Test func `ids count every turn once, session by session, and turns follow each other`() throws {
    let queries = try allQueries(
      of: SessionSource(workload(), seed: 5), serving: SimDuration(rounding: 1))
    #expect(queries.keys.sorted() == Array(0..<UInt64(queries.count)))
    var turn = 0
    var session: UInt64 = 0
    for id in queries.keys.sorted() {
      let context = try #require(queries[id]).context
      if context.session == session {
        #expect(context.turn == turn)
      } else {
        session += 1
        turn = 0
        #expect(context.session == session && context.turn == 0)
      }
      turn += 1
    }
    #expect(session == 199)
  }

  @Test func `a prompt is everything said before and the new message`() throws {
    let queries = try allQueries(
      of: SessionSource(workload(), seed: 5), serving: SimDuration(rounding: 1))
    for query in queries.values where query.context.turn > 0 {
      let before = try #require(queries[query.id - 1])
      let said = before.promptTokens + (before.recordedOutputTokens ?? 0)
      #expect(query.task == before.task)
      let message = query.promptTokens - said
      #expect(message == (query.task == 0 ? 30 : 5))
      // What was named before is named the same again.
      let named = before.context.prefixBlockIDs
      #expect(Array(query.context.prefixBlockIDs.prefix(named.count)) == named)
      #expect(named.count == said / 16)
    }
    let lengths = queries.values.map(\.context.turn)
    #expect(lengths.max() == 11)
  }

  @Test func `equal names stand for the system prompt of a group or for one session`() throws {
    let source = SessionSource(workload(groups: 3), seed: 9)
    let queries = try allQueries(of: source, serving: SimDuration(rounding: 1))
    let firsts = queries.values.filter { $0.context.turn == 0 }
    var sharedByGroup: [UInt64: Int] = [:]
    for a in firsts {
      for b in firsts where a.context.session != b.context.session {
        let names = zip(a.context.prefixBlockIDs, b.context.prefixBlockIDs)
        let common = names.prefix { $0 == $1 }.count
        // Names that differ once differ from there on.
        #expect(names.dropFirst(common).allSatisfy { $0 != $1 })
        guard common > 0, let group = a.context.prefixBlockIDs.first else { continue }
        sharedByGroup[group] = max(sharedByGroup[group] ?? 0, common)
      }
    }
    #expect(sharedByGroup.count == 3)
    // Blocks of the system prompt, drawn with a mean of 200 tokens.
    #expect(sharedByGroup.values.allSatisfy { $0 < 100 })
  }

  @Test func `nothing but arrivals depends on how and when turns were served`() throws {
    let source = SessionSource(workload(), seed: 5)
    let slow = try allQueries(of: source, serving: SimDuration(rounding: 100), reversed: true)
    let fast = try allQueries(of: source, serving: SimDuration(rounding: 0.01))
    #expect(slow.count == fast.count)
    for (id, query) in fast {
      let other = try #require(slow[id])
      #expect(query.promptTokens == other.promptTokens)
      #expect(query.recordedOutputTokens == other.recordedOutputTokens)
      #expect(query.difficulty == other.difficulty && query.task == other.task)
      #expect(query.context.prefixBlockIDs == other.context.prefixBlockIDs)
    }
  }

  @Test func `names are made anew where a turn comes back without them`() throws {
    var source = SessionSource(workload(), seed: 5)
    var compared = 0
    while let first = try source.next() {
      var bare = first
      bare.context.prefixBlockIDs = []
      let end = first.arrival + SimDuration(rounding: 1)
      let next = try source.followUp(to: first, endedAt: end)
      let other = try source.followUp(to: bare, endedAt: end)
      #expect(next?.context.prefixBlockIDs == other?.context.prefixBlockIDs)
      if next != nil { compared += 1 }
    }
    #expect(compared > 50)
  }

  @Test func `a session ends before its context passes the limit`() throws {
    let free = try allQueries(
      of: SessionSource(workload(), seed: 5), serving: SimDuration(rounding: 1))
    let held = try allQueries(
      of: SessionSource(workload(limit: 600), seed: 5), serving: SimDuration(rounding: 1))
    for (id, query) in free {
      let length = query.promptTokens + (query.recordedOutputTokens ?? 0)
      #expect((held[id] != nil) == (length <= 600))
    }
    #expect(!held.isEmpty && held.count < free.count)
  }

  @Test func `turns, think times and starts have the means asked for`() throws {
    let asked = workload(sessions: 4000)
    let queries = try allQueries(
      of: SessionSource(asked, seed: 3), serving: SimDuration(rounding: 1))
    let count = Double(queries.count) / 4000
    // The mean of an exponential of mean 4, rounded and held to 1...12.
    let mean = (1...12).reduce(0.0) { sum, turns in
      let least = turns == 1 ? 0.0 : Double(turns) - 0.5
      return sum + (turns == 1 ? 1 : survival(least, mean: 4))
    }
    #expect(abs(count - mean) < 4 * 3.5 / 4000.0.squareRoot())
    let thinks = queries.values.filter { $0.context.turn > 0 }.map { query -> Double in
      let before = queries[query.id - 1]?.arrival ?? .zero
      return (query.arrival - before).seconds - 1
    }
    let think = thinks.reduce(0, +) / Double(thinks.count)
    #expect(abs(think - 10) < 4 * 10 / Double(thinks.count).squareRoot())
    let last = queries.values.filter { $0.context.turn == 0 }.map(\.arrival.seconds).max() ?? 0
    #expect(abs(last - 2000) < 4 * 2000 / 4000.0.squareRoot())
  }

  /// P(X ≥ x) of an exponential.
  private func survival(_ x: Double, mean: Double) -> Double {
    var low = 0.0
    var high = 1.0
    let law = ExponentialDistribution(mean: mean)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if law.quantile(max(middle, 1e-18)) < x { low = middle } else { high = middle }
    }
    return 1 - low
  }
}
