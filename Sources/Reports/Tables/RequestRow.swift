internal import FleetEngine
internal import Quantities

/// The layout of `requests.csv`.
struct RequestRow {
  static let columns = [
    "policy", "request_id", "task", "arm", "replica", "outcome", "arrival_ms",
    "queueing_delay_ms", "ttft_ms", "answer_ms", "tpot_ms", "e2e_ms", "prompt_tokens",
    "cached_prompt_tokens", "output_tokens", "reasoning_tokens", "samples", "attempts",
    "preemptions",
    "prefill_energy_j", "decode_energy_j", "energy_j", "correct", "measured",
  ]

  private let policy: [UInt8]
  private let tasks: [[UInt8]]
  private let arms: [[UInt8]]

  init(policy: String, tasks: [String], arms: [String]) {
    self.policy = CSV.field(policy)
    self.tasks = tasks.map(CSV.field)
    self.arms = arms.map(CSV.field)
  }

  /// Appends a row; times that never came stay empty.
  func append(_ record: RequestRecord, to row: inout RowBuffer) {
    row.append(policy)
    row.comma()
    row.append(Int(record.id))
    row.comma()
    if tasks.indices.contains(record.task) { row.append(tasks[record.task]) }
    row.comma()
    if arms.indices.contains(record.arm) { row.append(arms[record.arm]) }
    row.comma()
    if record.replica >= 0 { row.append(record.replica) }
    row.comma()
    row.append(Self.outcome(record.outcome))
    row.comma()
    row.append(milliseconds: record.arrival.sinceStart)
    row.comma()
    appendLatencies(of: record, to: &row)
    for count in [
      record.promptTokens, record.cachedPromptTokens, record.outputTokens,
      record.reasoningTokens, record.samples, record.attempts, record.preemptions,
    ] {
      row.append(count)
      row.comma()
    }
    row.append(joules: record.prefillEnergy)
    row.comma()
    row.append(joules: record.decodeEnergy)
    row.comma()
    row.append(joules: record.energy)
    row.comma()
    if let isCorrect = record.isCorrect { row.append(isCorrect ? 1 : 0) }
    row.comma()
    row.append(record.isMeasured ? 1 : 0)
    row.endRow()
  }

  /// A request that was given up has the times that came before, and no end.
  private func appendLatencies(of record: RequestRecord, to row: inout RowBuffer) {
    let hasEnded = record.outcome == .completed
    let wasAdmitted = record.outcome != .rejected
    let wasScheduled = wasAdmitted && record.firstScheduled < .never
    let hasToken = hasEnded || wasAdmitted && record.outputTokens > 0
    let hasAnswer = hasEnded || hasToken && record.firstAnswerToken <= record.end
    func append(_ duration: @autoclosure () -> SimDuration?, if isKnown: Bool) {
      if isKnown, let duration = duration() { row.append(milliseconds: duration) }
      row.comma()
    }
    append(record.queueingDelay, if: wasScheduled)
    append(record.timeToFirstToken, if: hasToken)
    append(record.timeToFirstAnswerToken, if: hasAnswer)
    append(record.timePerOutputToken, if: hasEnded)
    append(record.endToEndLatency, if: hasEnded)
  }

  private static func outcome(_ outcome: RequestOutcome) -> [UInt8] {
    switch outcome {
    case .completed: completed
    case .rejected: rejected
    case .timedOut: timedOut
    case .cancelled: cancelled
    }
  }

  private static let completed = Array("completed".utf8)
  private static let rejected = Array("rejected".utf8)
  private static let timedOut = Array("timed_out".utf8)
  private static let cancelled = Array("cancelled".utf8)
}
