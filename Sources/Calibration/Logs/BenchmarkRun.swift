/// What a log says of the replica that it measured; what it leaves out, the user's options say.
struct RunFacts: Hashable, Sendable {
  /// As the file writes it: a checkpoint, a path, a name of the catalog.
  var model: String?
  var gpu: String?
  var tensorParallelDegree: Int?
  /// Whether each GPU held whole experts.
  var distributesExperts = false
  /// Whether all queries were of one kind of subject.
  var isNarrow = false
  /// Copies of the attention's weights among the replica's GPUs; more than one is not modelled.
  var dataParallelDegree = 1
}

extension RunFacts {
  /// What a published row says of its layout: without copies of the attention, all GPUs share
  /// each layer's heads, and where experts are spread the row's `tensor_parallel` is theirs alone.
  mutating func take(gpus: Int?, tensor: Int?, data: Int?, expert: Int?) {
    dataParallelDegree = data ?? 1
    distributesExperts = (expert ?? 1) > 1
    tensorParallelDegree = distributesExperts ? gpus ?? expert : tensor ?? gpus
  }
}

/// One request as its client saw it.
struct LoggedRequest: Hashable, Sendable {
  /// When it was sent, on the log's clock; nil where the log does not say.
  var start: Double?
  var promptTokens: Double
  var outputTokens: Double
  /// From sending to the first token, s.
  var firstTokenSeconds: Double
  /// From the first token to the last, s: the sum of the raw gaps.
  var decodeSeconds: Double
}

/// One benchmark run: what its client wrote about it, request by request or in means.
struct BenchmarkRun: Sendable {
  var place: LogPlace
  var facts = RunFacts()
  var requests: [LoggedRequest] = []
  var clock = LogClock.monotonic
  /// Requests that failed or have no output: counted, not used.
  var droppedRequests = 0
  /// When the run had ended, local calendar, s; nil where the file does not say.
  var endLocal: Double?
  /// Whole run, s.
  var duration: Double?
  /// Most requests in flight; nil for no limit.
  var maxConcurrency: Double?
  /// Median gap between tokens over all requests, s.
  var medianInterTokenSeconds: Double?
  /// The run in means; nil where requests tell it better.
  var summary: ServingSummary?
  /// Whether no prompt joined the batch while it decoded.
  var isStaticBatch = false
}

/// A steady state in means: one row of a table, or a benchmark without details.
struct ServingSummary: Hashable, Sendable {
  /// Sequences that decode in an iteration, mean.
  var decodeRows: Double
  var promptTokens: Double?
  var outputTokens: Double?
  /// Mean time between two tokens of one sequence: the mean iteration, s.
  var interTokenSeconds: Double
  /// Whether that is rows over throughput, which holds the time of a sequence's own prompt too.
  var holdsOwnPrompt = false
  var medianInterTokenSeconds: Double?
  /// Mean time to the first token as the client saw it, s.
  var firstTokenSeconds: Double?
  /// Mean power of one GPU, W.
  var wattsPerGPU: Double?
  /// What the rows ask, where it names the prompts' length: a key of assumed prompt lengths.
  var task: String?
  /// Ages and prompts of the loop, where the log tells how long its outputs were.
  var loop: ClosedLoop?
}
