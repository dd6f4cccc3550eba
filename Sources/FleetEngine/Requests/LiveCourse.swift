internal import AnswerModels
internal import Quantities
internal import Workloads

/// A query in flight under an arm of several attempts, or whose samples may be stopped: what its
/// attempts in flight have in common, and what those that have ended add up to.
final class LiveCourse {
  /// As it came: its attempts may name other contents.
  let query: Query
  var answers = AnswerCourse()
  /// Attempts that go side by side with the first and have not been made.
  var waiting: [Attempt] = []
  /// Attempts in flight, in the order in which they were made.
  var inFlight: [RequestReference] = []
  /// Samples whose chains were told to stop, or that the longest sequence cuts: what they lack.
  private var incomplete: [AnswerCourse.Sample] = []
  /// When the answer was known without the samples in flight; nil while it is not.
  var decided: SimTime?
  /// How the query ends: by an attempt that was given up, if there was one.
  var outcome = RequestOutcome.completed
  /// Attempts that have ended.
  private var sums = LiveRecord(arm: 0, replica: 0, promptTokens: 0, samples: 0)
  private var timePerTokenTicks: Int128 = 0
  private var timePerTokenCount = 0

  init(_ query: Query) { self.query = query }

  /// Notes what a sample is not going to put out; a later note stands.
  func note(_ sample: AnswerCourse.Sample) {
    incomplete.removeAll { $0.number == sample.number }
    if sample.missingAnswerTokens + sample.missingReasoningTokens > 0 { incomplete.append(sample) }
  }

  func endSample(_ number: Int) {
    answers.end(incomplete.first { $0.number == number } ?? AnswerCourse.Sample(number: number))
  }

  /// Adds an attempt that has ended.
  func add(_ request: borrowing LiveRequest) {
    sums.add(request.record)
    timePerTokenTicks += request.timePerTokenTicks
    timePerTokenCount += request.timePerTokenCount
    if request.record.outcome != .completed { outcome = request.record.outcome }
  }

  /// Makes the query's last attempt, which has been added, tell of all.
  func complete(_ request: inout LiveRequest) {
    let last = request.record
    request.record = sums
    request.record.arm = last.arm
    request.record.replica = last.replica
    request.record.end = last.end
    request.record.outcome = outcome
    request.record.attempts = answers.attempts
    request.timePerTokenTicks = timePerTokenTicks
    request.timePerTokenCount = timePerTokenCount
    request.record.firstAnswerToken =
      decided ?? (request.givesAnswer ? last.firstAnswerToken : .never)
    guard outcome == .completed, request.record.firstAnswerToken == .never else { return }
    request.record.firstAnswerToken = last.end
  }
}

extension LiveRecord {
  fileprivate mutating func add(_ other: LiveRecord) {
    firstScheduled = min(firstScheduled, other.firstScheduled)
    firstToken = min(firstToken, other.firstToken)
    prefillEnergy += other.prefillEnergy
    decodeEnergy += other.decodeEnergy
    promptTokens += other.promptTokens
    cachedPromptTokens += other.cachedPromptTokens
    outputTokens += other.outputTokens
    reasoningTokens += other.reasoningTokens
    samples += other.samples
    preemptions += other.preemptions
  }
}
