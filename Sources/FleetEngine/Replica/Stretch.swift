internal import DeviceModels
internal import Quantities

/// Iterations that follow each other on a replica while its batch does not change: any number
/// that only decode, or a single one that holds prompt tokens.
///
/// Nothing of it is booked before it ends, except what a bound of a window or of the time series
/// asks for on the way. An arrival may cut it at a boundary between two of its iterations.
struct Stretch {
  var start = SimTime.zero
  /// Iterations; 0 while none is in progress.
  var count = 0
  var ticks = TickProgression(first: 0, step: 0)
  var decodeRows = 0
  /// Tokens that the decode rows attend to in the first iteration; one more a row in each other.
  var decodeContextTokens = 0
  var prefillTokens = 0
  var prefillChunks = 0
  var prefillAttentionPairs = 0
  /// Of the prefill, what its own attention kernels draw; the rest is its part of the shared.
  var prefillOwnQuanta: Int128 = 0
  var prefillSharedQuanta: Int128 = 0
  /// All of the decode's energy, then what its own attention kernels draw of it.
  var decodeQuanta = QuantaProgression()
  var decodeOwnQuanta = QuantaProgression()
  /// Iterations already booked at a bound of the window, and iterations and energy at one of the
  /// time series.
  var bookedIterations = 0
  var seriesIterations = 0
  var seriesQuanta: Int128 = 0

  var isInProgress: Bool { count > 0 }
  var end: SimTime { SimTime(ticks: start.ticks + Int128(ticks.sum(count))) }
  var prefillQuanta: Int128 { prefillOwnQuanta + prefillSharedQuanta }

  /// Iterations that have ended by `now`, its ends included.
  func iterations(endedBy now: SimTime) -> Int {
    let elapsed = now.ticks - start.ticks
    return elapsed >= Int128(ticks.sum(count))
      ? count : ticks.count(within: Int64(elapsed), most: count)
  }

  /// Energy drawn by `now`: an iteration in progress counts in proportion to its time, in whole
  /// quanta, rounded down for each phase.
  func drawn(by now: SimTime) -> (prefill: Int128, decode: Int128) {
    drawn(by: now, ended: iterations(endedBy: now))
  }

  /// The same, where it is known how many iterations have ended.
  func drawn(by now: SimTime, ended: Int) -> (prefill: Int128, decode: Int128) {
    guard ended < count else { return (prefillQuanta, decodeQuanta.sum(count)) }
    let elapsed = now.ticks - start.ticks - Int128(ticks.sum(ended))
    let whole = Int(ticks.value(ended))
    func part(_ quanta: Int128) -> Int128 {
      guard quanta > 0 else { return 0 }
      // In two steps, so that no product needs more than 128 bits.
      let (perTick, rest) = quanta.divided(by: whole)
      return perTick * elapsed + (rest * elapsed).divided(by: whole).quotient
    }
    return (part(prefillQuanta), decodeQuanta.sum(ended) + part(decodeQuanta.value(ended)))
  }
}

extension Stretch {
  /// One iteration with prompt tokens. Each phase bears its own kernels; what both use (weights,
  /// overhead) goes by tokens.
  mutating func beginMixed(_ shape: IterationShape, cost: IterationCost, at now: SimTime) {
    begin(rows: shape.decodeRows, context: shape.decodeContextTokens, at: now)
    count = 1
    ticks = TickProgression(first: Int64(cost.duration.ticks), step: 0)
    prefillTokens = shape.prefillTokens
    prefillChunks = shape.prefillChunks
    prefillAttentionPairs = shape.prefillAttentionPairs
    let own = cost.prefillOwnEnergy.quanta + cost.decodeOwnEnergy.quanta
    let shared = cost.energy.quanta - own
    let tokens = shape.decodeRows + shape.prefillTokens
    let decodeShared = shared.times(shape.decodeRows).divided(by: tokens).quotient
    decodeOwnQuanta = QuantaProgression(first: cost.decodeOwnEnergy.quanta)
    decodeQuanta = QuantaProgression(first: decodeShared + cost.decodeOwnEnergy.quanta)
    prefillOwnQuanta = cost.prefillOwnEnergy.quanta
    prefillSharedQuanta = shared - decodeShared
  }

  /// Up to `most` iterations that only decode, as many as `segment` holds for.
  mutating func beginDecoding(
    rows: Int, context: Int, most: Int, on segment: borrowing DecodeSegment,
    at now: SimTime
  ) {
    begin(rows: rows, context: context, at: now)
    prefillTokens = 0
    prefillOwnQuanta = 0
    prefillSharedQuanta = 0
    let further = context - segment.context.lowerBound
    ticks = TickProgression(
      first: Int64(segment.base.duration.ticks) + segment.ticksPerToken * Int64(further),
      step: segment.ticksPerToken * Int64(rows))
    decodeQuanta = QuantaProgression(
      first: segment.base.energy.quanta + .product(segment.energyPerToken, further),
      step: segment.energyPerToken * Int64(rows))
    decodeOwnQuanta = QuantaProgression(
      first: segment.base.decodeOwnEnergy.quanta
        + .product(segment.decodeOwnEnergyPerToken, further),
      step: segment.decodeOwnEnergyPerToken * Int64(rows))
    count = most
    let last = segment.context.upperBound - 1
    if context + (most - 1) * rows > last { count = (last - context) / rows + 1 }
    count = ticks.bounded(count)
  }

  private mutating func begin(rows: Int, context: Int, at now: SimTime) {
    start = now
    decodeRows = rows
    decodeContextTokens = context
    bookedIterations = 0
    seriesIterations = 0
    seriesQuanta = 0
  }
}
