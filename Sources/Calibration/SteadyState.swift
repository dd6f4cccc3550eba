internal import DeviceModels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A closed loop as the model sees it: iterations with 0, 1, 2 … prompts among the decoding rows.
///
/// The number of prompts in one iteration is taken as Poisson, all rows as of the mean context;
/// both means are the measurement's.
struct SteadyState {
  struct Mix {
    /// Probability of the iteration.
    let share: Double
    /// Decode rows and chunks.
    let rows: Double
    let estimate: IterationEstimate
  }

  /// Standard deviations of the Poisson count that are kept; beyond lies a part in a thousand.
  private static let deviations = 3.0

  let mixes: [Mix]

  init(_ measurement: ServingMeasurement, on replica: RooflineReplicaModel) {
    let rate = measurement.promptsPerIteration
    let context = measurement.meanContextTokens
    let rows = Int(measurement.batchRows.rounded())
    let prompt = Int(measurement.promptTokens)
    let most = Int(rate + Self.deviations * rate.squareRoot() + Self.deviations)
    var probability = exp(-rate)
    var mixes: [Mix] = []
    for prompts in 0...most {
      let shape = IterationShape(
        decodeRows: rows, decodeContextTokens: Int(measurement.batchRows * context),
        prefillTokens: prompts * prompt, prefillChunks: prompts,
        prefillAttentionPairs: prompts * prompt * (prompt + 1) / 2)
      mixes.append(
        Mix(share: probability, rows: Double(rows + prompts), estimate: replica.estimate(shape)))
      probability *= rate / Double(prompts + 1)
    }
    self.mixes = mixes
  }

  /// The mean of `quantity` over iterations.
  func mean(_ quantity: (Mix) -> Double) -> Double {
    mixes.reduce(0) { $0 + $1.share * quantity($1) } / mixes.reduce(0) { $0 + $1.share }
  }

  /// The iteration that half of all do not exceed, by its number of prompts.
  var median: Mix {
    var sum = 0.0
    return mixes.first {
      sum += $0.share
      return sum >= 0.5
    } ?? mixes[mixes.count - 1]
  }
}

extension IterationEstimate {
  /// Seconds of the model's kernels, without sampling and gaps.
  var kernelSeconds: Double {
    linear.seconds + decodeAttention.seconds + prefillAttention.seconds + communication.seconds
  }
}
