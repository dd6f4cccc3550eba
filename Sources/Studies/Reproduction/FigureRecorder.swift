internal import FleetEngine
internal import Quantities
internal import Synchronization

/// Sums over the measured requests of one task that the claims of publications are about.
struct TaskSums: Sendable {
  var completed = 0
  var judged = 0
  var correct = 0
  var promptTokens = 0
  var outputTokens = 0
  var outputTokensOfRight = 0
  var outputTokensOfWrong = 0
  var longestOutput = 0
  var prefill = Energy.zero
  var decode = Energy.zero
  var largestEnergy = Energy.zero
  var latency = SimDuration.zero

  mutating func add(_ record: RequestRecord) {
    completed += 1
    promptTokens += record.promptTokens
    outputTokens += record.outputTokens
    longestOutput = max(longestOutput, record.outputTokens)
    prefill += record.prefillEnergy
    decode += record.decodeEnergy
    largestEnergy = max(largestEnergy, record.energy)
    latency += record.endToEndLatency
    guard let isCorrect = record.isCorrect else { return }
    judged += 1
    if isCorrect {
      correct += 1
      outputTokensOfRight += record.outputTokens
    } else {
      outputTokensOfWrong += record.outputTokens
    }
  }

  mutating func merge(_ other: Self) {
    completed += other.completed
    judged += other.judged
    correct += other.correct
    promptTokens += other.promptTokens
    outputTokens += other.outputTokens
    outputTokensOfRight += other.outputTokensOfRight
    outputTokensOfWrong += other.outputTokensOfWrong
    longestOutput = max(longestOutput, other.longestOutput)
    prefill += other.prefill
    decode += other.decode
    largestEnergy = max(largestEnergy, other.largestEnergy)
    latency += other.latency
  }
}

/// Takes the sums of one run, by task, and leaves them where they can be read after it.
struct FigureRecorder: RunRecorder {
  /// By task; filled when the run is over.
  final class Result: Sendable {
    private let sums = Mutex<[TaskSums]>([])

    var byTask: [TaskSums] { sums.withLock { $0 } }

    func keep(_ sums: [TaskSums]) { self.sums.withLock { $0 = sums } }
  }

  let result: Result
  private var sums: [TaskSums]

  init(taskCount: Int, result: Result) {
    self.result = result
    sums = Array(repeating: TaskSums(), count: taskCount)
  }

  mutating func requestEnded(_ record: RequestRecord) {
    guard record.isMeasured, record.outcome == .completed else { return }
    sums[record.task].add(record)
  }

  mutating func intervalEnded(_ interval: FleetInterval) {}

  func finish() {
    result.keep(sums)
  }
}
