import DeviceModels
import Quantities

/// Who bears the energy of an iteration: docs/model.md, "Whose joule it is".
struct ReferenceEnergyShares {
  /// Iterations with decode rows since energy was last booked to them; all with the same rows.
  private var unbooked: [ReferenceIteration] = []
  /// Quanta of the decode rows' equal parts that did not divide so far.
  private var rowCarry: Int128 = 0
  /// Quanta of decode attention that did not divide so far.
  private var contextCarry: Int128 = 0

  /// Takes in an iteration that has ended.
  mutating func note(_ iteration: ReferenceIteration) {
    bookPrefill(of: iteration)
    if !iteration.decodeRows.isEmpty { unbooked.append(iteration) }
  }

  /// Books what was drawn for the decode rows, before the set of them changes.
  mutating func bookDecode() {
    guard let rows = unbooked.first?.decodeRows.map(\.sequence) else { return }
    var attended = rows.map { _ in Int128(0) }
    var (own, shared) = (contextCarry, rowCarry)
    for iteration in unbooked {
      let same = iteration.decodeRows.elementsEqual(rows) { $0.sequence === $1 }
      precondition(same, "rows changed and nothing was booked")
      for (index, row) in iteration.decodeRows.enumerated() {
        attended[index] += Int128(row.attendedTokens)
      }
      own += iteration.energy.decodeOwn
      shared += iteration.energy.decodeShared
    }
    let perRow = shared / Int128(rows.count)
    let perToken = own / attended.reduce(0, +)
    for (row, tokens) in zip(rows, attended) {
      row.request.decodeEnergy += Energy(quanta: perRow + perToken * tokens)
    }
    rowCarry = shared - perRow * Int128(rows.count)
    contextCarry = own - perToken * attended.reduce(0, +)
    unbooked = []
  }

  /// The last chunk bears what the divisions leave over.
  private func bookPrefill(of iteration: ReferenceIteration) {
    let energy = iteration.energy
    let pairs = iteration.chunks.reduce(Int128(0)) { $0 + Int128($1.pairs) }
    let tokens = iteration.chunks.reduce(Int128(0)) { $0 + Int128($1.tokens) }
    var left = energy.prefillOwn + energy.prefillShared
    for (index, chunk) in iteration.chunks.enumerated() {
      let share =
        index == iteration.chunks.count - 1
        ? left
        : Self.part(energy.prefillOwn, Int128(chunk.pairs), of: pairs)
          + Self.part(energy.prefillShared, Int128(chunk.tokens), of: tokens)
      chunk.sequence.request.prefillEnergy += Energy(quanta: share)
      left -= share
    }
  }

  /// quanta · part / whole, rounded down, by way of 256 bits.
  private static func part(_ quanta: Int128, _ part: Int128, of whole: Int128) -> Int128 {
    let product = quanta.magnitude.multipliedFullWidth(by: part.magnitude)
    return Int128(whole.magnitude.dividingFullWidth(product).quotient)
  }

  /// The row that leaves a batch last takes what never divided.
  mutating func settle(with request: ReferenceRequest) {
    request.decodeEnergy += Energy(quanta: rowCarry + contextCarry)
    rowCarry = 0
    contextCarry = 0
  }
}
