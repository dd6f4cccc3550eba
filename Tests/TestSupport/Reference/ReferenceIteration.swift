import DeviceModels
import Quantities

/// What one iteration computes, row by row and chunk by chunk.
struct ReferenceIteration {
  struct DecodeRow {
    let sequence: ReferenceSequence
    let attendedTokens: Int
  }

  struct Chunk {
    let sequence: ReferenceSequence
    let pastTokens: Int
    let tokens: Int
    var pairs: Int { tokens * pastTokens + tokens * (tokens + 1) / 2 }
  }

  /// Its energy in quanta: what each phase's attention drew, and each phase's part of the rest.
  struct Parts {
    var prefillOwn: Int128 = 0
    var prefillShared: Int128 = 0
    var decodeOwn: Int128 = 0
    var decodeShared: Int128 = 0
  }

  var decodeRows: [DecodeRow] = []
  var chunks: [Chunk] = []
  var start: SimTime
  var end = SimTime.never
  private(set) var shape = IterationShape()
  private(set) var duration = SimDuration.zero
  private(set) var energy = Parts()

  init(start: SimTime) { self.start = start }

  /// Counts its rows and chunks, and asks the device what they cost.
  mutating func begin(on model: any IterationModel) {
    for row in decodeRows {
      shape.decodeRows += 1
      shape.decodeContextTokens += row.attendedTokens
    }
    for chunk in chunks {
      shape.prefillChunks += 1
      shape.prefillTokens += chunk.tokens
      shape.prefillAttentionPairs += chunk.pairs
    }
    let cost = model.cost(of: shape)
    duration = cost.duration
    end = start + duration
    energy.prefillOwn = cost.prefillOwnEnergy.quanta
    energy.decodeOwn = cost.decodeOwnEnergy.quanta
    let shared = cost.energy.quanta - energy.prefillOwn - energy.decodeOwn
    let tokens = Int128(shape.decodeRows + shape.prefillTokens)
    energy.decodeShared = shared * Int128(shape.decodeRows) / tokens
    energy.prefillShared = shared - energy.decodeShared
  }
}
