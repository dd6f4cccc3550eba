internal import DeviceModels
internal import Quantities

/// A request or resumed sample whose tokens are being computed, chunk by chunk.
struct PrefillRow {
  var item: WaitingItem
  /// Tokens already in the KV cache.
  var done: Int
  /// Of these, tokens that were found there at its admission.
  var found: Int
  /// The first so many tokens were in the KV cache before a preemption: computing one of them is
  /// computing it again.
  var had: Int
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
/// can be admitted from the queue. While the batch does not change its iterations run ahead as
/// one stretch; between two calls its state is that of the stretch's start, or of the boundary
/// between two.
struct Replica: ~Copyable {
  let pool: Int
  /// Among all replicas of the fleet.
  let number: Int
  let idlePower: Power
  /// What its iterations draw over what the pool's model says.
  let powerFactor: PowerFactor

  var waiting = WaitingQueue()
  var batch = DecodeBatch()
  /// In order of admission; all of them admitted after every decode row.
  var prefillRows = Slab<PrefillRow>()
  var blocks: KVBlockPool
  var prefixes = PrefixCache()
  /// Prompt and resumed tokens not yet computed, queued or in the batch.
  var pendingTokens = 0
  /// Rows that prefill takes of the batch.
  var prefillRowCount = 0

  /// Decode iterations that have ended.
  var decodeIteration = 0
  /// The iterations in progress.
  var stretch = Stretch()
  /// Requests that leave at the next boundary.
  var givenUp = Slab<RequestReference>()

  var shares = DecodeEnergyShares()
  /// Request of the row that left the batch last since the last boundary was settled, or -1.
  var lastRequestInDecode: Int32 = -1
  var meter = ReplicaMeter()
  /// What the end of the iterations in progress is going to touch first: a row and a request, -1
  /// for none.
  var dueRow: Int32 = -1
  var dueRequest: Int32 = -1
  /// The largest shapes so far.
  var extent = ShapeExtent(decodeRows: 0, contextTokens: 0, promptTokens: 0)

  /// `index` is that within the pool, `number` that within the fleet.
  init(pool: Int, index: Int, number: Int, configuration: PoolConfiguration) {
    self.pool = pool
    self.number = number
    let factors = configuration.powerFactors
    powerFactor = index < factors.count ? factors[index] : .one
    idlePower = configuration.model.idlePower
    blocks = KVBlockPool(
      total: configuration.limits.kvBlockCount,
      tokensPerBlock: configuration.limits.tokensPerBlock)
  }

  var batchRows: Int { batch.count + prefillRowCount }
  /// Items that wait, and rows that run.
  var load: Int { waiting.count + batchRows }

  /// What a policy sees at `now`, before what happens at that instant.
  func view(at now: SimTime) -> ReplicaView {
    var view = ReplicaView()
    view.waitingRequests = waiting.count
    view.runningRows = batchRows
    view.pendingPromptTokens = pendingTokens
    view.kvBlocksUsed = kvBlocksUsed(byIterationsStartedBefore: now)
    view.kvBlockCount = blocks.total
    return view
  }

  private func kvBlocksUsed(byIterationsStartedBefore now: SimTime) -> Int {
    guard stretch.count > 1 else { return blocks.used }
    let before = SimTime(ticks: now.ticks - 1)
    return kvBlocksUsed(byIterationsStartedBy: max(before, stretch.start))
  }

  /// Blocks held once all iterations that start by `now` have taken theirs.
  func kvBlocksUsed(byIterationsStartedBy now: SimTime) -> Int {
    guard stretch.count > 1 else { return blocks.used }
    return kvBlocksUsed(afterIterations: stretch.iterations(endedBy: now))
  }

  /// The same, where it is known how many of them have ended.
  func kvBlocksUsed(afterIterations ended: Int) -> Int {
    let further = min(ended, stretch.count - 1)
    guard further > 0 else { return blocks.used }
    return blocks.used
      + blocks.newBlocks(
        inIterationsFrom: decodeIteration + 2, count: further, rows: batch.count)
  }

  /// When the iterations in progress are over.
  var stretchEnd: SimTime { stretch.end }
  /// What of their energy no bound of the time series has booked yet.
  var unbookedQuanta: Int128 {
    // Called, not inlined, a reader of so large a value is handed a copy of it.
    @inline(__always) get {
      stretch.prefillQuanta + stretch.decodeQuanta.sum(stretch.count) - stretch.seriesQuanta
    }
  }

  /// Notes what the end of the iterations that have just begun is going to touch.
  @inline(__always) mutating func noteDue() {
    if stretch.prefillTokens > 0 {
      (dueRow, dueRequest) = (-1, prefillRows[0].item.request.slot)
    } else {
      dueRow = batch.dueSlot
      dueRequest = batch[dueRow].request
    }
  }

  /// Begins to fetch that, shortly before it comes to its end.
  @inline(__always) func prefetchDue(_ requests: borrowing RequestTable) {
    if dueRow >= 0 { batch.prefetchRow(in: dueRow) }
    blocks.prefetchPhases()
    if dueRequest >= 0 { requests.prefetchRequest(in: dueRequest) }
  }

  // MARK: The decode rows and their energy

  /// Books decode energy: the set of decode rows is about to change.
  mutating func bookShares() {
    shares.book(rows: batch.count, baseSum: batch.baseSum, last: decodeIteration)
  }

  mutating func addDecodeRow(_ row: DecodeRow) {
    bookShares()
    var row = row
    row.joined = shares.mark
    batch.append(row)
    blocks.addRow(base: row.base)
  }

  /// Books the energy of a row that has left the batch to its request.
  mutating func settle(_ row: DecodeRow, _ requests: inout RequestTable) {
    blocks.removeRow(base: row.base)
    requests[row.request].record.decodeEnergy.quanta += shares.borne(
      since: row.joined, base: row.base)
  }

  /// With the last row gone, what the divisions of its energy left over goes to its request.
  mutating func settleRest(_ requests: inout RequestTable) {
    if batch.count == 0, lastRequestInDecode >= 0 {
      requests[lastRequestInDecode].record.decodeEnergy.quanta += shares.takeRest()
    }
    lastRequestInDecode = -1
  }

  /// Blocks of its own that a row holds after decode iteration `decodeIteration`.
  func ownBlocks(of row: DecodeRow, sharedBlocks: Int) -> Int {
    blocks.blocks(forTokens: row.base + decodeIteration) - sharedBlocks
  }
}
