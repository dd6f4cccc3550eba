internal import DeviceModels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a window is made of, as shapes of iterations with their shares.
///
/// Decoding rows stay about the same over a window; prompts come to them as they will, so that
/// their number in one iteration is taken as Poisson. A prompt longer than the token budget comes
/// in several chunks of equal size. What begins while no row decodes is computed alone.
struct WindowShapes: Sendable {
  struct Mix: Sendable {
    /// Of all iterations in which rows decode.
    let share: Double
    let shape: IterationShape
  }

  /// Standard deviations of the Poisson count that are kept; beyond lies a part in a thousand.
  private static let deviations = 3.0

  /// Above, the probability of none is no number any more.
  private static let largestRate = 500.0

  let mixes: [Mix]
  /// A prompt on an idle engine, and how many of these come to an iteration.
  let alone: IterationShape
  let aloneRate: Double

  init(_ window: ServingWindow) {
    let prompt = max(1, Int(window.promptTokens.rounded()))
    let budget = max(1, window.replica.tokenBudget)
    let chunks = (prompt + budget - 1) / budget
    let chunk = (prompt + chunks - 1) / chunks
    let pairs = prompt * (prompt + 1) / 2 / chunks
    func shape(_ rows: Int, _ count: Int) -> IterationShape {
      IterationShape(
        decodeRows: rows, decodeContextTokens: max(rows, Int(Double(rows) * window.contextTokens)),
        prefillTokens: count * chunk, prefillChunks: count, prefillAttentionPairs: count * pairs)
    }
    let rate = window.promptsBeside * Double(chunks)
    let lower = Int(window.decodeRows)
    let upperShare = window.decodeRows - Double(lower)
    var mixes: [Mix] = []
    for (rows, share) in [(lower, 1 - upperShare), (lower + 1, upperShare)] where share > 0 {
      for (count, probability) in Self.poisson(rate, most: max(1, budget / chunk)) {
        mixes.append(Mix(share: share * probability, shape: shape(rows, count)))
      }
    }
    self.mixes = mixes
    alone = shape(0, 1)
    aloneRate = (window.promptsPerIteration - window.promptsBeside) * Double(chunks)
  }

  /// Counts and their probabilities, which sum to 1; counts beyond `most` (the budget) wait and
  /// are counted as `most`.
  private static func poisson(_ rate: Double, most: Int) -> [(Int, Double)] {
    guard rate > 0 else { return [(0, 1)] }
    // So many scatter little around their mean.
    guard rate < Self.largestRate else { return [(min(Int(min(rate, 1e9)), most), 1)] }
    let last = Int(rate + deviations * rate.squareRoot() + deviations)
    var probability = exp(-rate)
    var result: [(Int, Double)] = []
    for count in 0...last {
      result.append((min(count, most), probability))
      probability *= rate / Double(count + 1)
    }
    let sum = result.reduce(0) { $0 + $1.1 }
    return result.map { ($0.0, $0.1 / sum) }
  }
}

/// What the model says of a window.
struct WindowPrediction: Sendable {
  /// Mean time between two tokens of a sequence, s.
  var interTokenSeconds: Double
  /// That of the median iteration, s.
  var medianInterTokenSeconds: Double
  /// A prompt's iteration on an idle engine, s.
  var aloneSeconds: Double
  /// Mean power of one GPU over the window, W.
  var watts: Double
  /// Shares of peak, over the window.
  var memoryActive: Double
  var tensorActive: Double
  /// Shares of the window's energy.
  var prefillShare: Double
  var idleShare: Double

  init(_ window: ServingWindow, _ shapes: WindowShapes, on model: RooflineReplicaModel) {
    var (seconds, joules, decodeJoules, memory, compute) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var times: [(seconds: Double, share: Double)] = []
    for mix in shapes.mixes {
      let estimate = model.estimate(mix.shape)
      let own = estimate.seconds
      seconds += mix.share * own
      joules += mix.share * estimate.joules
      memory += mix.share * estimate.memorySeconds
      compute += mix.share * estimate.computeSeconds
      times.append((own, mix.share))
      let without = IterationShape(
        decodeRows: mix.shape.decodeRows, decodeContextTokens: mix.shape.decodeContextTokens)
      decodeJoules +=
        mix.share * (mix.shape.isDecodeOnly ? estimate : model.estimate(without)).joules
    }
    let alone = model.estimate(shapes.alone)
    interTokenSeconds = seconds
    medianInterTokenSeconds = Self.median(times)
    aloneSeconds = alone.seconds
    // Per second of the window: iterations as measured, prompts alone, and idleness.
    let gpus = Double(window.replica.layout.gpuCount)
    let decoding = window.decodingShare
    let perSecond = decoding / window.interTokenSeconds
    let aloneShare = min(1 - decoding, perSecond * shapes.aloneRate * alone.seconds)
    let idle = max(0, 1 - decoding - aloneShare) * model.parameters.power.idlePower
    let aloneWatts = aloneShare * alone.joules / alone.seconds / gpus
    let decodeWatts = decoding * decodeJoules / seconds / gpus
    let mixedWatts = decoding * joules / seconds / gpus
    watts = mixedWatts + aloneWatts + idle
    prefillShare = (mixedWatts - decodeWatts + aloneWatts) / watts
    idleShare = idle / watts
    memoryActive =
      decoding * memory / seconds
      + aloneShare * alone.memorySeconds / alone.seconds
    tensorActive =
      decoding * compute / seconds
      + aloneShare * alone.computeSeconds / alone.seconds
  }

  /// The iteration that half of all do not exceed.
  private static func median(_ times: [(seconds: Double, share: Double)]) -> Double {
    var sum = 0.0
    for time in times.sorted(by: { $0.seconds < $1.seconds }) {
      sum += time.share
      if sum >= 0.5 { return time.seconds }
    }
    return times.last?.seconds ?? 0
  }
}

extension IterationEstimate {
  private var phases: [PhaseEstimate] {
    [linear, decodeAttention, prefillAttention, communication, sampling, gap]
  }

  /// Seconds that the iteration's memory traffic would take at peak bandwidth.
  fileprivate var memorySeconds: Double {
    phases.reduce(0) { $0 + $1.seconds * $1.bandwidthUtilization }
  }

  /// Seconds that its arithmetic would take at peak throughput.
  fileprivate var computeSeconds: Double {
    phases.reduce(0) { $0 + $1.seconds * $1.computeUtilization }
  }
}
