public import Quantities

/// Iterations of one replica, one after another, between which its batch did not change.
public struct StretchRecord: Sendable {
  /// Index over the whole fleet.
  public let replica: Int
  public let start: SimTime
  public let iterations: Int
  /// Sequences that put out a token in every iteration.
  public let decodeRows: Int
  /// Tokens that these attend to in the first iteration; one more a row in each other.
  public let decodeContextTokens: Int
  /// Prompt tokens computed, where the stretch is one iteration that has any.
  public let prefillTokens: Int
  private let ticks: TickProgression
  private let decodeQuanta: QuantaProgression
  private let prefillQuanta: Int128

  init(_ stretch: borrowing Stretch, replica: Int) {
    self.replica = replica
    start = stretch.start
    iterations = stretch.count
    decodeRows = stretch.decodeRows
    decodeContextTokens = stretch.decodeContextTokens
    prefillTokens = stretch.prefillTokens
    ticks = stretch.ticks
    decodeQuanta = stretch.decodeQuanta
    prefillQuanta = stretch.prefillQuanta
  }

  /// When so many of its iterations have ended.
  public func time(afterIterations count: Int) -> SimTime {
    SimTime(ticks: start.ticks + Int128(ticks.sum(count)))
  }

  /// What the replica's GPUs draw in all iterations.
  public var energy: Energy { Energy(quanta: prefillQuanta + decodeQuanta.sum(iterations)) }

  /// What they draw in one.
  public func energy(ofIteration index: Int) -> Energy {
    Energy(quanta: prefillQuanta + decodeQuanta.value(index))
  }
}
