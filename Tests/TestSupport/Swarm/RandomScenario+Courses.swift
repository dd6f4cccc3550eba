import AnswerModels
import FleetEngine
import Workloads

/// Arms of several attempts, drawn by streams of their own, so that what else is drawn stays.
extension RandomScenario {
  /// Gives arms courses, and the answers what becomes of queries on them.
  mutating func drawCourses() {
    var random = SplitMix64(seed: seed ^ 0x5EED_C0DE)
    guard !random.oneIn(3) else { return }
    let checkpoints = !random.oneIn(3)
    for arm in fleet.arms.indices where !random.oneIn(4) {
      let further = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        fleet.pools.indices.filter { _ in !random.oneIn(3) }
      }
      fleet.arms[arm].course = ArmCourse(
        furtherPools: further,
        checkpointTokens: checkpoints ? Int.random(in: 2...9, using: &random) : nil)
    }
    if checkpoints { depth = ViewHashDepth(seed: random.next()) }
    let plan = RandomCourse(
      salt: random.next(), decides: random.oneIn(2), fansOut: random.oneIn(2),
      names: features.prefixCaching, arms: fleet.arms)
    var course = FixedCourse { plan.attempts(of: $0, arm: $1, after: $2) }
    course.isDecided = { plan.isDecided($0, $1, $2) }
    course.isCorrect = { plan.isCorrect($0, $1, $2) }
    course.confidence = { plan.confidence($0, $1, $2, $3) }
    answers.course = course
  }
}

/// Courses that depend on every bit of what a query's attempts have put out.
struct RandomCourse: Sendable {
  let salt: UInt64
  /// Whether answers may be known before all samples have ended.
  let decides: Bool
  /// Whether several attempts may go side by side.
  let fansOut: Bool
  /// Whether further attempts may name what their prompts hold.
  let names: Bool
  let arms: [ArmConfiguration]

  private func hash(_ query: Query, _ arm: Int, _ values: Int...) -> UInt64 {
    values.reduce(SplitMix64.mixed(salt ^ (query.id << 8 | UInt64(arm)))) {
      SplitMix64.mixed($0 ^ UInt64(bitPattern: Int64($1)))
    }
  }

  private func hash(_ query: Query, _ arm: Int, _ course: AnswerCourse) -> UInt64 {
    course.ended.reduce(hash(query, arm, course.attempts)) { hash, sample in
      let missing = sample.missingReasoningTokens << 20 | sample.missingAnswerTokens
      return SplitMix64.mixed(hash ^ UInt64(sample.number << 40 | missing))
    }
  }

  func isDecided(_ query: Query, _ arm: Int, _ course: AnswerCourse) -> Bool {
    decides && hash(query, arm, course) % 3 == 0
  }

  func isCorrect(_ query: Query, _ arm: Int, _ course: AnswerCourse) -> Bool? {
    let hash = hash(query, arm, course) >> 8
    return hash % 3 == 0 ? nil : hash % 3 == 1
  }

  func confidence(_ query: Query, _ arm: Int, _ sample: Int, _ tokens: Int) -> Double? {
    let hash = hash(query, arm, sample, tokens)
    return hash % 4 == 0 ? nil : Double(hash % 1000) / 1000
  }

  func attempts(of query: Query, arm: Int, after course: AnswerCourse) -> [Attempt] {
    let hash = hash(query, arm, course) >> 16
    if course.attempts == 0 { return first(of: query, arm: arm, hash) }
    guard course.attempts < 5, hash % 5 > 1 else { return [] }
    let last = course.ended.last?.number ?? 0
    let purposes = Attempt.Purpose.allCases
    let purpose = purposes[Int(hash >> 8) % purposes.count]
    let count = fansOut ? Int(hash >> 16) % 3 + 1 : 1
    return (0..<count).map { index in
      let stage = Int(hash >> 24) % ((arms[arm].course?.furtherPools.count ?? 0) + 1)
      return Attempt(
        purpose, stage: stage, promptTokens: query.promptTokens + Int(hash >> 32) % 20,
        samples: Int(hash >> 40) % 3 == 0 ? Int(hash >> 36) % 2 + 1 : 1,
        firstSample: (last / 10 + 1 + index) * 10,
        givesAnswer: count == 1 && (hash >> 44) % 2 == 0,
        prefix: names && (hash >> 46) % 2 == 0 ? prefix(of: query, hash) : nil)
    }
  }

  private func first(of query: Query, arm: Int, _ hash: UInt64) -> [Attempt] {
    if hash % 5 == 0 { return [] }
    let first = Attempt(
      .answer, promptTokens: query.promptTokens + 1, samples: arms[arm].samples, firstSample: 0,
      givesAnswer: hash % 2 == 0)
    let siblings = fansOut ? Int(hash >> 8) % 3 : 0
    return [first]
      + (0..<siblings).map { index in
        Attempt(
          .vote, stage: Int(hash >> 12) % 3 == 0 ? 1 : 0,
          promptTokens: query.promptTokens + 1, firstSample: 10 * (index + 1))
      }
  }

  /// What the query says its prompt holds, and more of the same.
  private func prefix(of query: Query, _ hash: UInt64) -> PromptPrefix? {
    guard query.hasContext, !query.context.prefixBlockIDs.isEmpty else { return nil }
    let more = (0..<(hash >> 48) % 4).map { SplitMix64.mixed(query.id << 20 | $0) }
    return PromptPrefix(
      blockIDs: query.context.prefixBlockIDs + more, blockTokens: query.context.prefixBlockTokens)
  }
}
