internal import DeviceModels
internal import Quantities

/// A sequence that puts out one token per iteration.
struct DecodeRow {
  var request: Int32
  var sample: Int32
  /// It attends to `base + d` tokens in the replica's decode iteration d.
  var base: Int
  /// Decode iteration that puts out its last token.
  var finishIteration: Int
  /// Decode iteration that puts out its first answer token; 0 if that is past.
  var answerIteration: Int
  /// Output tokens that it will have.
  var output: Int
  /// The shares of decode energy when it joined.
  var joined: DecodeEnergyShares.Mark
}

/// A request or resumed sample whose tokens are being computed, chunk by chunk.
struct PrefillRow {
  var item: WaitingItem
  /// Tokens already in the KV cache.
  var done: Int
  /// Tokens computed in the iteration in progress.
  var chunk = 0
  /// Rows of the batch that it takes, now and when its prompt is done.
  var rows: Int
  /// KV blocks of its own, beside the request's shared ones.
  var blocks: Int
}

/// One serving copy of a model: its queue, batch, KV blocks and energy.
///
/// Serves like a current vLLM (docs/model.md): every iteration holds one token of each decode
/// row, then chunks of prompts in order of admission as far as the token budget goes, then what
/// can be admitted from the queue. Between two calls its state is that of an iteration boundary
/// or, with an iteration in progress, of that iteration's start.
struct Replica {
  let pool: Int
  let limits: EngineLimits
  let model: any IterationModel
  let idlePower: Power

  var waiting = WaitingQueue()
  var decodeRows: [DecodeRow] = []
  /// In order of admission; all of them admitted after every decode row.
  var prefillRows: [PrefillRow] = []
  var blocks: KVBlockPool
  /// Prompt and resumed tokens not yet computed, queued or in the batch.
  var pendingTokens = 0
  /// Rows that prefill takes of the batch.
  var prefillRowCount = 0

  /// Decode iterations that have ended.
  var decodeIteration = 0
  /// Sum over the decode rows of `base`.
  var baseSum = 0
  /// Next decode iteration at which some row ends or begins its answer.
  var nextMilestone = Int.max

  var shares = DecodeEnergyShares()
  /// Request of the row that left the batch last; takes what the energy shares left over.
  var lastRequestInDecode: Int32?
  var meter = ReplicaMeter()
  /// The largest shapes so far.
  var extent = ShapeExtent(
    decodeRows: 0, contextTokens: 0, promptTokens: 0)

  init(pool: Int, configuration: PoolConfiguration) {
    self.pool = pool
    limits = configuration.limits
    model = configuration.model
    idlePower = configuration.model.idlePower
    blocks = KVBlockPool(
      total: configuration.limits.kvBlockCount,
      tokensPerBlock: configuration.limits.tokensPerBlock)
  }

  var batchRows: Int { decodeRows.count + prefillRowCount }

  var view: ReplicaView {
    var view = ReplicaView()
    view.waitingRequests = waiting.count
    view.runningRows = batchRows
    view.pendingPromptTokens = pendingTokens
    view.kvBlocksUsed = blocks.used
    view.kvBlockCount = blocks.total
    return view
  }

  /// Blocks that a request of `samples` samples takes when it is admitted: the prompt's full
  /// blocks once, and its last, partly filled block for every sample.
  func blocksAtAdmission(promptTokens: Int, samples: Int) -> Int {
    let full = promptTokens / limits.tokensPerBlock
    return full + (promptTokens % limits.tokensPerBlock == 0 ? 0 : samples)
  }

  /// Whether a request can be served at all, alone on the replica.
  func canServe(promptTokens: Int, samples: Int, longestOutput: Int) -> Bool {
    promptTokens < limits.maxModelTokens
      && blocksAtAdmission(promptTokens: promptTokens, samples: samples) <= blocks.total
      // The token put out last is never computed, so it takes no place.
      && blocks.blocks(forTokens: promptTokens + longestOutput - 1) <= blocks.total
      && samples <= limits.batchRowLimit
  }

  mutating func enqueue(_ item: WaitingItem) {
    waiting.append(item)
    pendingTokens += item.tokens
  }

  mutating func addDecodeRow(_ row: DecodeRow) {
    decodeRows.append(row)
    baseSum += row.base
    blocks.addRow(base: row.base)
    nextMilestone = min(nextMilestone, row.finishIteration)
    if row.answerIteration > decodeIteration {
      nextMilestone = min(nextMilestone, row.answerIteration)
    }
  }

  /// Books a row's energy to its request when it leaves the batch, to end or to wait.
  mutating func settle(_ row: DecodeRow, _ requests: inout RequestTable) {
    baseSum -= row.base
    blocks.removeRow(base: row.base)
    requests[row.request].record.decodeEnergy += shares.borne(since: row.joined, base: row.base)
  }

  /// Blocks of its own that a row holds after decode iteration `decodeIteration`.
  func ownBlocks(of row: DecodeRow, sharedBlocks: Int) -> Int {
    blocks.blocks(forTokens: row.base + decodeIteration) - sharedBlocks
  }

  mutating func releaseShared(_ slot: Int32, _ requests: inout RequestTable) {
    requests[slot].sharedHolders -= 1
    if requests[slot].sharedHolders == 0 { blocks.release(requests[slot].sharedBlocks) }
  }
}
