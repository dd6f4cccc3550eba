internal import FleetEngine
internal import Quantities

/// The layout of `requests.csv`.
struct RequestRow {
  static let columns = [
    "policy", "request_id", "task", "arm", "replica", "outcome", "arrival_ms",
    "queueing_delay_ms", "ttft_ms", "answer_ms", "tpot_ms", "e2e_ms", "prompt_tokens",
    "cached_prompt_tokens", "output_tokens", "reasoning_tokens", "samples", "preemptions",
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

  /// Appends a row; what a rejected request has not got stays empty.
  func append(_ record: RequestRecord, to row: inout RowBuffer) {
    let completed = record.outcome == .completed
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
    row.append(completed ? Self.completed : Self.rejected)
    row.comma()
    row.append(milliseconds: record.arrival.sinceStart)
    row.comma()
    appendLatencies(of: completed ? record : nil, to: &row)
    for count in [
      record.promptTokens, record.cachedPromptTokens, record.outputTokens,
      record.reasoningTokens, record.samples, record.preemptions,
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

  private func appendLatencies(of record: RequestRecord?, to row: inout RowBuffer) {
    if let record { row.append(milliseconds: record.queueingDelay) }
    row.comma()
    if let record { row.append(milliseconds: record.timeToFirstToken) }
    row.comma()
    if let record { row.append(milliseconds: record.timeToFirstAnswerToken) }
    row.comma()
    if let tpot = record?.timePerOutputToken { row.append(milliseconds: tpot) }
    row.comma()
    if let record { row.append(milliseconds: record.endToEndLatency) }
    row.comma()
  }

  private static let completed = Array("completed".utf8)
  private static let rejected = Array("rejected".utf8)
}
