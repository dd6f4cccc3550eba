internal import DeviceModels

/// What one replica did over a stretch of time, and how long its tokens and joules took: the row
/// that fits and checks are made of, whatever format it came from.
struct ServingWindow: Sendable {
  var place: LogPlace
  /// The run that it is part of: windows of one run share its luck, and are kept back together.
  var run: String
  var replica: ServedReplica
  /// Length, s; 0 where only means are known.
  var seconds = 0.0
  /// Sequences that decode in one iteration, mean over the time in which any does.
  var decodeRows: Double
  /// Tokens that each of them attends to, mean.
  var contextTokens: Double
  /// Mean prompt and output of its requests.
  var promptTokens: Double
  var outputTokens: Double
  /// Prompts that begin over iterations in which any sequence decodes.
  var promptsPerIteration: Double
  /// Share of the time in which any sequence decodes.
  var decodingShare = 1.0
  /// Mean time between two tokens of one sequence, s.
  var interTokenSeconds: Double
  var medianInterTokenSeconds: Double?
  /// Mean time to the first token as the client saw it, s.
  var firstTokenSeconds: Double?
  /// Whether the time between tokens holds that of a sequence's own prompt.
  var holdsOwnPrompt = false
  /// Prompts per iteration of the time between tokens: those of the other rows, mostly.
  var promptsBeside: Double {
    holdsOwnPrompt ? promptsPerIteration : promptsPerIteration * (decodeRows - 1) / decodeRows
  }

  /// Whether a new request finds the engine idle: then its TTFT holds no waiting.
  var meetsIdleEngine = false
  /// Mean power of one GPU, W.
  var wattsPerGPU: Double?
  /// Measured shares of peak memory and tensor activity (DCGM), 0…1.
  var memoryActive: Double?
  var tensorActive: Double?
  /// Why its numbers are not what they are taken for: no fit uses it, and checks tell it apart.
  var caveat: String?

  /// Tokens per second of the replica while it decodes.
  var outputTokensPerSecond: Double { decodeRows / interTokenSeconds }

  /// GPU energy per output token, J; nil without power.
  var joulesPerToken: Double? {
    wattsPerGPU.map {
      $0 * Double(replica.layout.gpuCount) * interTokenSeconds / (decodeRows * decodingShare)
    }
  }

  /// The power of two nearest to the rows: by which errors are told apart.
  var batchClass: Int {
    var size = 1
    while Double(size) * 1.414 < decodeRows { size *= 2 }
    return size
  }
}

extension ServingWindow {
  /// What no engine of today reaches; beyond, a log is taken to be broken.
  private static let mostRows = 1e6
  private static let mostTokens = 1e7
  private static let mostSeconds = 1e4
  private static let mostWatts = 1e5

  /// Throws an `InputError` for the first number that cannot be.
  func check() throws {
    let bounds = [
      ("sequences decoding", decodeRows, 1...Self.mostRows),
      ("tokens of context", contextTokens, 0...Self.mostTokens),
      ("tokens of a prompt", promptTokens, 0...Self.mostTokens),
      ("tokens of an output", outputTokens, 0...Self.mostTokens),
      ("prompts in an iteration", promptsPerIteration, 0...Self.mostRows),
      ("seconds between tokens", interTokenSeconds, 1e-9...Self.mostSeconds),
      ("seconds to the first token", firstTokenSeconds ?? 0, 0...Self.mostSeconds),
      ("watts of a GPU", wattsPerGPU ?? 0, 0...Self.mostWatts),
    ]
    for (what, value, range) in bounds where !range.contains(value) {
      throw place.error(
        "\(value) \(what)",
        expected:
          "from \(FiveDigits.text(range.lowerBound)) to \(FiveDigits.text(range.upperBound))")
    }
  }

  /// A row of means. `assumedPrompt` stands in where it names no prompt.
  init?(
    _ run: BenchmarkRun, _ summary: ServingSummary, replica: ServedReplica,
    assumedPrompt: Double?
  ) {
    guard let prompt = summary.promptTokens ?? assumedPrompt else { return nil }
    let output = summary.outputTokens ?? 0
    place = run.place
    self.run = run.place.description
    self.replica = replica
    decodeRows = max(1, summary.decodeRows)
    promptTokens = prompt
    outputTokens = output
    contextTokens = prompt + (summary.loop?.meanAge ?? output / 2)
    promptsPerIteration =
      run.isStaticBatch || output <= 1
      ? 0 : summary.loop?.promptsPerIteration ?? decodeRows / output
    interTokenSeconds = summary.interTokenSeconds
    holdsOwnPrompt = summary.holdsOwnPrompt
    medianInterTokenSeconds = summary.medianInterTokenSeconds
    firstTokenSeconds = summary.firstTokenSeconds
    meetsIdleEngine = run.maxConcurrency == 1
    wattsPerGPU = summary.wattsPerGPU
  }
}
