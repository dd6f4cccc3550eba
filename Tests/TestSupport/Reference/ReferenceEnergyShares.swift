import DeviceModels
import Quantities

/// Who bears the energy of an iteration: docs/model.md, "Whose joule it is".
struct ReferenceEnergyShares {
  /// Quanta of the decode rows' equal parts that did not divide so far.
  private var rowCarry: Int128 = 0
  /// Quanta of decode attention that did not divide so far.
  private var contextCarry: Int128 = 0

  mutating func attribute(_ iteration: ReferenceIteration) {
    let shape = iteration.shape
    let cost = iteration.cost
    let prefillOwn = cost.prefillOwnEnergy.quanta
    let decodeOwn = cost.decodeOwnEnergy.quanta
    let shared = cost.energy.quanta - prefillOwn - decodeOwn
    let computedTokens = Int128(shape.decodeRows + shape.prefillTokens)
    let decodeShared = shared * Int128(shape.decodeRows) / computedTokens
    attributeDecode(of: iteration, own: decodeOwn, shared: decodeShared)
    attributePrefill(of: iteration, own: prefillOwn, shared: shared - decodeShared)
  }

  private mutating func attributeDecode(
    of iteration: ReferenceIteration, own: Int128, shared: Int128
  ) {
    guard !iteration.decodeRows.isEmpty else { return }
    let rows = Int128(iteration.decodeRows.count)
    let attended = iteration.decodeRows.reduce(Int128(0)) { $0 + Int128($1.attendedTokens) }
    let perRow = (shared + rowCarry) / rows
    let perToken = (own + contextCarry) / attended
    for row in iteration.decodeRows {
      row.sequence.request.decodeEnergy +=
        Energy(quanta: perRow + perToken * Int128(row.attendedTokens))
    }
    rowCarry = shared + rowCarry - perRow * rows
    contextCarry = own + contextCarry - perToken * attended
  }

  private func attributePrefill(of iteration: ReferenceIteration, own: Int128, shared: Int128) {
    let pairs = iteration.chunks.reduce(Int128(0)) { $0 + Int128($1.pairs) }
    let tokens = iteration.chunks.reduce(Int128(0)) { $0 + Int128($1.tokens) }
    var left = own + shared
    for (index, chunk) in iteration.chunks.enumerated() {
      let share =
        index == iteration.chunks.count - 1
        ? left : own * Int128(chunk.pairs) / pairs + shared * Int128(chunk.tokens) / tokens
      chunk.sequence.request.prefillEnergy += Energy(quanta: share)
      left -= share
    }
  }

  /// The row that left a batch last takes what never divided.
  mutating func settle(with request: ReferenceRequest) {
    request.decodeEnergy += Energy(quanta: rowCarry + contextCarry)
    rowCarry = 0
    contextCarry = 0
  }
}
