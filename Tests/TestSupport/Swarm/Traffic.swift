import AnswerModels
import FleetEngine
import Quantities
import Workloads

/// Draws the queries of a random scenario, their sessions and their answers.
struct Traffic {
  let features: RandomScenario.Features
  let fleet: FleetConfiguration
  var random: SplitMix64

  /// What the source gives by itself, and what follows what.
  mutating func draw() -> ([Query], [UInt64: ListSource.FollowUp]) {
    let most = features.longOutputs ? 10 : 40
    let meanGap = Int128.random(in: 20...(features.longOutputs ? 15_000 : 1_500), using: &random)
    var now: Int128 = 0
    var roots: [Query] = []
    var followUps: [UInt64: ListSource.FollowUp] = [:]
    /// Queries that nothing follows yet.
    var last: [Query] = []
    for id in 0..<Int.random(in: 5...most, using: &random) {
      if features.sessions, random.oneIn(2), !last.isEmpty {
        let previous = last.remove(at: Int.random(in: last.indices, using: &random))
        let query = turn(after: previous, id: UInt64(id))
        followUps[previous.id] = .init(query, after: thinkTime())
        last.append(query)
        continue
      }
      if !(features.simultaneousArrivals && random.oneIn(2)) {
        now += Int128.random(in: 0...(2 * meanGap), using: &random)
        if features.evenCosts { now = now / 10 * 10 }
      }
      let query = root(id: UInt64(id), arrival: SimTime(ticks: now * features.ticksPerUnit))
      roots.append(query)
      last.append(query)
    }
    return (roots, followUps)
  }

  private mutating func thinkTime() -> SimDuration {
    random.oneIn(3)
      ? .zero : RandomScenario.duration(in: 1...6_000, with: features, using: &random)
  }

  private mutating func root(id: UInt64, arrival: SimTime) -> Query {
    var query = Query(
      id: id, arrival: arrival, task: Int.random(in: 0...2, using: &random),
      promptTokens: Int.random(in: 1...features.longestPrompt, using: &random),
      priority: Int.random(in: -1...2, using: &random))
    addContext(to: &query)
    return query
  }

  /// The next turn of a session: most often what was said before and more.
  private mutating func turn(after previous: Query, id: UInt64) -> Query {
    var query = previous
    query.id = id
    query.arrival = .never
    query.promptTokens += Int.random(in: 0...30, using: &random)
    query.context.session = previous.context.session ?? previous.id
    query.context.turn += 1
    addContext(to: &query)
    return query
  }

  private mutating func addContext(to query: inout Query) {
    if features.givingUp {
      let longest: Int128 = features.longOutputs ? 80_000 : 8_000
      func time(_ random: inout SplitMix64) -> SimDuration? {
        if random.oneIn(2) { return nil }
        return random.oneIn(6)
          ? .zero : RandomScenario.duration(in: 1...longest, with: features, using: &random)
      }
      query.context.timeout = time(&random)
      query.context.patience = random.oneIn(6) ? query.context.timeout : time(&random)
    }
    if features.prefixCaching { addPrefixes(to: &query) }
  }

  // MARK: Content

  /// Names what the prompt holds. Equal ids follow equal ids, as in a chained hash: a text is one
  /// of a few documents up to some depth, and then its session's own.
  private mutating func addPrefixes(to query: inout Query) {
    let size = prefixBlockTokens(of: query.context.session ?? query.id)
    // Prompts that end with a block are where one token has to be left to compute.
    if random.oneIn(2) {
      query.promptTokens = max(size, query.promptTokens / size * size)
    }
    let owner = query.context.session ?? query.id
    let text = SplitMix64.mixed(owner &+ 77)
    let document = text % 3
    let depth = Int((text >> 8) % 6)
    let count = max(
      0, query.promptTokens / size + Int.random(in: -2...4, using: &random))
    query.context.prefixBlockTokens = size
    query.context.prefixBlockIDs = (0..<count).map { position in
      let writer = position < depth ? document : 1_000 + owner
      return SplitMix64.mixed(writer << 32 | UInt64(position))
    }
    // What no chained hash does: an id that comes again.
    if count > 2, random.oneIn(20) {
      query.context.prefixBlockIDs[count - 1] = query.context.prefixBlockIDs[count / 3]
    }
  }

  /// Most of a size that blocks of all caches divide, some of twice that, a few of one that most do
  /// not; the same ids for all.
  private func prefixBlockTokens(of owner: UInt64) -> Int {
    switch SplitMix64.mixed(owner &+ 78) % 12 {
    case 0: RandomScenario.prefixBlockTokens - 1
    case 1...2: 2 * RandomScenario.prefixBlockTokens
    default: RandomScenario.prefixBlockTokens
    }
  }

  // MARK: Answers

  mutating func answers(arms: Int) -> FixedAnswers {
    let salt = random.next()
    let longestOutput = UInt64(features.longestOutput)
    let reasons = features.reasoning
    let adds = !random.oneIn(2)
    return FixedAnswers(
      addedPromptTokens: (0..<arms).map { _ in adds ? Int.random(in: 0...5, using: &random) : 0 },
      isCorrect: { query, arm in
        let hash = SplitMix64.mixed(salt ^ (query.id << 8 | UInt64(arm)))
        return hash % 3 == 0 ? nil : hash % 3 == 1
      },
      lengths: { query, arm, sample in
        let hash = SplitMix64.mixed(salt &+ (query.id << 16 | UInt64(arm) << 8 | UInt64(sample)))
        let output = Int(hash % longestOutput) + 1
        let reasoning = reasons ? Int((hash >> 32) % UInt64(output)) : 0
        return SampleLengths(reasoningTokens: reasoning, answerTokens: output - reasoning)
      })
  }
}
