import AnswerModels
import DeviceModels
import FleetEngine
import Quantities

/// A replica that does what docs/model.md says, one step and one row at a time.
final class ReferenceReplica {
  let pool: PoolConfiguration
  let poolIndex: Int
  let index: Int
  let cache: ReferenceCache
  let log: ReferenceLog
  var waiting: [ReferenceSequence] = []
  /// In order of admission.
  var prefilling: [ReferenceSequence] = []
  /// In the order in which they put out their tokens.
  var decoding: [ReferenceSequence] = []
  var iteration: ReferenceIteration?
  var shares = ReferenceEnergyShares()
  /// How often the set of decode rows has changed.
  var batchNumber = 0
  /// Rows whose chains a depth controller is asked about, in order; of the boundary that it has
  /// just come to.
  var checkpoints: [ReferenceSequence] = []
  /// Request of the row that left the batch last since the last boundary.
  var lastToLeave: ReferenceRequest?

  /// Requests of which samples have ended at this boundary, in order.
  var touched: [ReferenceRequest] = []

  let model: any IterationModel
  let answers: any AnswerModel
  /// By arm: a depth controller is asked after every so many tokens.
  let checkpointTokens: [Int?]

  var limits: EngineLimits { pool.limits }
  var rules: EngineRules { pool.rules }

  /// `number` is its index within the pool.
  init(
    pool: PoolConfiguration, poolIndex: Int, number: Int, index: Int, answers: any AnswerModel,
    checkpointTokens: [Int?], log: ReferenceLog
  ) {
    self.pool = pool
    self.answers = answers
    self.checkpointTokens = checkpointTokens
    model =
      number < pool.powerFactors.count
      ? FactoredModel(pool.model, factor: pool.powerFactors[number]) : pool.model
    self.poolIndex = poolIndex
    self.index = index
    self.log = log
    cache = ReferenceCache(blockCount: pool.limits.kvBlockCount)
  }

  var hasWork: Bool { !(waiting.isEmpty && prefilling.isEmpty && decoding.isEmpty) }

  var batchRows: Int { decoding.count + prefilling.reduce(0) { $0 + $1.rowCount } }

  /// Every request that waits or runs here, once.
  var requests: [ReferenceRequest] {
    var found: [ReferenceRequest] = []
    for sequence in waiting + prefilling + decoding
    where !found.contains(where: { $0 === sequence.request }) {
      found.append(sequence.request)
    }
    return found
  }

  var view: ReplicaView {
    var view = ReplicaView()
    view.waitingRequests = waiting.count
    view.runningRows = batchRows
    view.pendingPromptTokens = (waiting + prefilling).reduce(0) {
      $0 + $1.targetTokens - $1.computedTokens
    }
    view.kvBlocksUsed = cache.usedBlocks
    view.kvBlockCount = cache.blockCount
    return view
  }

  /// What the replica looks like now; the blocks are counted one by one.
  var state: ReferenceReplicaState {
    let requests = requests
    return ReferenceReplicaState(
      isBusy: iteration != nil, waiting: waiting.count, runningRows: batchRows,
      vacantBlocks: cache.vacantBlocks,
      unheldBlocks: cache.unheld.reduce(0) { $0 + $1.blocks.count },
      heldPrefixBlocks: cache.heldPrefixBlocks,
      ownedBlocks: requests.reduce(0) { $0 + $1.promptBlocks.count }
        + (waiting + prefilling + decoding).reduce(0) { sum, sequence in
          sequence.rowBlocks.reduce(sum) { $0 + $1.count }
        },
      blockCount: cache.blockCount)
  }

  // MARK: The queue

  func enqueue(_ sequence: ReferenceSequence) {
    waiting.insert(sequence, at: rules.order.position(of: sequence, in: waiting))
  }

  // MARK: Decode rows

  /// The set of decode rows changes: what they have drawn is booked to those that drew it.
  private func changeDecodeRows(_ change: (inout [ReferenceSequence]) -> Void) {
    shares.bookDecode()
    change(&decoding)
    batchNumber += 1
  }

  func join(_ row: ReferenceSequence) { changeDecodeRows { $0.append(row) } }

  func leave(_ row: ReferenceSequence) {
    changeDecodeRows { $0.removeAll { $0 === row } }
    lastToLeave = row.request
  }

  /// With the last row gone, its request bears what the divisions have left over.
  func settleIfEmpty() {
    if decoding.isEmpty, let lastToLeave { shares.settle(with: lastToLeave) }
    lastToLeave = nil
  }

  // MARK: Blocks

  /// Frees what a sequence holds, and with the last of its request the prompt's blocks.
  func freeBlocks(of sequence: ReferenceSequence) {
    for blocks in sequence.rowBlocks { cache.free(blocks) }
    sequence.rowBlocks = []
    let request = sequence.request
    guard request.sharers.contains(where: { $0 === sequence }) else { return }
    request.sharers.removeAll { $0 === sequence }
    guard request.sharers.isEmpty else { return }
    cache.free(request.promptBlocks)
    request.promptBlocks = []
    for prefix in request.heldPrefixes.reversed() { cache.release(prefix, by: request) }
    request.heldPrefixes = []
  }
}
