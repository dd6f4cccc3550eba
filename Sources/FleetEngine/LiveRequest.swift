internal import AnswerModels
internal import Quantities
internal import Workloads

/// A request between its arrival and its end.
struct LiveRequest {
  var query: Query
  var record: RequestRecord
  /// Samples that have not ended.
  var samplesLeft: Int
  /// Full blocks of the prompt, which all samples share.
  var sharedBlocks: Int
  /// Samples (or the request itself before its prompt is computed) that hold the shared blocks.
  var sharedHolders = 0
  /// Sum over ended samples of more than one token: (last - first token) / (tokens - 1).
  var timePerTokenTicks: Int128 = 0
  var timePerTokenCount = 0
  /// Samples that the length limit of the model cut short.
  var cutSamples = 0
  /// Output tokens that it had before the run began (closed loop starts midway), else 0.
  var headStart: Int
  /// Whether it is of a closed loop's first round.
  var isFirstRound: Bool
}

/// The requests in flight, in slots that are used again: memory follows what is in flight.
struct RequestTable {
  private var slots: [LiveRequest] = []
  private var vacant: [Int32] = []
  /// Slots of requests that have ended and wait to be recorded, in order.
  var ended: [Int32] = []

  /// Requests in flight.
  var count: Int { slots.count - vacant.count }

  subscript(slot: Int32) -> LiveRequest {
    _read { yield slots[Int(slot)] }
    _modify { yield &slots[Int(slot)] }
  }

  mutating func insert(_ request: LiveRequest) -> Int32 {
    if let slot = vacant.popLast() {
      slots[Int(slot)] = request
      return slot
    }
    slots.append(request)
    return Int32(slots.count - 1)
  }

  mutating func remove(_ slot: Int32) { vacant.append(slot) }

  /// Energy borne so far by requests in flight, rows in decode not settled.
  var settledEnergy: Energy {
    var isVacant = Array(repeating: false, count: slots.count)
    for slot in vacant { isVacant[Int(slot)] = true }
    var sum = Energy.zero
    for (index, request) in slots.enumerated() where !isVacant[index] {
      sum += request.record.energy
    }
    return sum
  }
}

/// A sample's lengths as the replica will serve them.
struct ServedLengths {
  var output: Int
  /// 1-based position of the first answer token; beyond `output` if it is cut off.
  var firstAnswer: Int
  var reasoning: Int
  var isCut: Bool

  /// The drawn lengths, less a head start, cut at the model's longest sequence.
  init(_ drawn: SampleLengths, headStart: Int, promptTokens: Int, limit: Int) {
    let whole = max(1, drawn.outputTokens - headStart)
    output = min(whole, limit - promptTokens)
    let thinking = max(0, drawn.reasoningTokens - headStart)
    reasoning = min(thinking, output)
    firstAnswer = thinking + 1
    isCut = output < whole
  }
}
