internal import NumericalMethods

/// Which entry of a pool each query of a stream is: a function of the seed and the query's number.
public struct PoolDraw: Sendable {
  /// How entries are drawn.
  public enum Order: String, CaseIterable, Sendable {
    /// Each as likely every time.
    case random
    /// Each once, in an order by lot; the stream ends with the last.
    case once
    /// Each once, in the order of the file.
    case inOrder = "in-order"
  }

  /// Positions in the pool that take part, in the order in which `once` gives them.
  private let positions: [Int]
  private let order: Order
  private let luck: RandomStream

  /// `positions` must not be empty.
  public init(positions: [Int], order: Order, seed: UInt64) {
    precondition(!positions.isEmpty, "a draw from nothing")
    luck = RandomStream(seed: seed, purpose: "pool entry")
    self.order = order
    var shuffled = positions
    if order == .once {
      for last in stride(from: shuffled.count - 1, to: 0, by: -1) {
        let other = min(last, Int(luck.uniform(id: UInt64(last), index: 1) * Double(last + 1)))
        shuffled.swapAt(last, other)
      }
    }
    self.positions = shuffled
  }

  /// Queries after which the stream ends; nil where it goes on for ever.
  public var limit: Int? { order == .random ? nil : positions.count }

  /// The position in the pool of query `id`, which is below `limit`.
  public func position(of id: UInt64) -> Int {
    guard order == .random else { return positions[Int(id)] }
    let draw = Int(luck.uniform(id: id) * Double(positions.count))
    return positions[min(positions.count - 1, draw)]
  }
}
