/// How the lengths of outputs are spread: requests by length, between edges that rise.
struct OutputLengths: Hashable, Sendable {
  /// One more than there are counts, tokens.
  let edges: [Double]
  let counts: [Double]

  /// Nil unless the edges rise from 0 or more and some request lies between them.
  init?(edges: [Double], counts: [Double]) {
    let rises = zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
    guard edges.count == counts.count + 1, rises, edges[0] >= 0, counts.allSatisfy({ $0 >= 0 }),
      counts.contains(where: { $0 > 0 })
    else { return nil }
    self.edges = edges
    self.counts = counts
  }

  var requestCount: Double { counts.reduce(0, +) }

  /// Mean of a function whose mean over each bin `ofBin` tells.
  private func mean(_ ofBin: (_ from: Double, _ to: Double) -> Double) -> Double {
    counts.indices.reduce(0) { $0 + counts[$1] * ofBin(edges[$1], edges[$1 + 1]) } / requestCount
  }

  var mean: Double { mean { ($0 + $1) / 2 } }
  var meanSquare: Double { mean { ($0 * $0 + $0 * $1 + $1 * $1) / 3 } }

  /// Share of requests that are no longer than each of `lengths`, which rise.
  func shares(notLongerThan lengths: [Double]) -> [Double] {
    var (bin, below) = (0, 0.0)
    return lengths.map { length in
      while bin < counts.count, edges[bin + 1] <= length {
        below += counts[bin]
        bin += 1
      }
      guard bin < counts.count, length > edges[bin] else { return below / requestCount }
      let part = (length - edges[bin]) / (edges[bin + 1] - edges[bin])
      return (below + part * counts[bin]) / requestCount
    }
  }
}

/// A closed loop from the moment at which all its slots have begun a request until the last
/// request is sent: what a benchmark of a fixed number of requests measures.
///
/// All slots begin together, and each takes a new request as its last one ends. Long requests fill
/// more of the slots' time, so that in the long run tokens are produced at the age E[L²]/2E[L]; a
/// short run ends before the slots are that far. The renewal equation tells the ages step by step.
///
/// Lengths are rounded to whole steps, at least one; for such lengths the equation is exact.
struct ClosedLoop: Hashable, Sendable {
  /// Tokens that a slot's request has produced so far, mean over slots and time.
  let meanAge: Double
  /// Requests begun in one step of all slots, after the first.
  private(set) var promptsPerIteration: Double
  /// Requests of the whole run.
  let requestCount: Int
  /// Of the outputs' lengths: standard deviation over mean.
  let lengthVariation: Double

  /// Steps for a mean length, and how many mean lengths are followed; from then on the loop is
  /// taken to have settled.
  private static let stepsPerLength = 32
  private static let followedLengths = 8
  /// Of all requests, a share that is none but the rounding of their sum.
  private static let rounding = 1e-9

  /// Nil where all requests are in flight at once.
  init?(_ lengths: OutputLengths, inFlight: Double) {
    let turnovers = lengths.requestCount / inFlight - 1
    guard turnovers > 0 else { return nil }
    let step = lengths.mean / Double(Self.stepsPerLength)
    let slots = Slots(
      lengths, step: step, steps: Self.stepsPerLength * Self.followedLengths)
    var (begun, ages, time) = (0.0, 0.0, 0.0)
    for k in slots.births.indices.dropFirst().dropLast() {
      let left = turnovers - begun
      // Lengths are rounded, so that births fall up to half a step before and after: the last one
      // asked for may come in the step after.
      let part = left > slots.births[k] ? 1 : left / slots.births[k] + 0.5
      ages += min(1, part) * slots.age(during: k) + max(0, part - 1) * slots.age(during: k + 1)
      time += part
      begun += min(left, slots.births[k])
      guard turnovers - begun > Self.rounding * turnovers else { break }
    }
    let settled = max(0, turnovers - begun) * Double(Self.stepsPerLength)
    ages = step * ages + settled * lengths.meanSquare / (2 * lengths.mean)
    time += settled
    meanAge = ages / time
    promptsPerIteration = inFlight * turnovers / (time * step)
    requestCount = Int(lengths.requestCount.rounded())
    lengthVariation = max(0, lengths.meanSquare / (lengths.mean * lengths.mean) - 1).squareRoot()
  }

  /// The same where only a share of the slots decodes in an iteration.
  func scaled(by share: Double) -> ClosedLoop {
    var loop = self
    loop.promptsPerIteration *= share
    return loop
  }

  /// Requests begun in every step by a slot that began one at step 0.
  private struct Slots {
    /// Share of requests that are longer than so many steps.
    let longer: [Double]
    let births: [Double]

    init(_ lengths: OutputLengths, step: Double, steps: Int) {
      // Nearest whole number of steps; none takes less than one.
      var ended = lengths.shares(notLongerThan: (0...steps).map { (Double($0) + 0.5) * step })
      ended[0] = 0
      longer = ended.map { 1 - $0 }
      let ends = zip(ended.dropFirst(), ended).map { $0 - $1 }
      var births = [Double](repeating: 0, count: steps + 1)
      births[0] = 1
      for k in 1...steps {
        var sum = 0.0
        for begin in 0..<k { sum += births[begin] * ends[k - 1 - begin] }
        births[k] = sum
      }
      self.births = births
    }

    /// Mean age during the step that ends with step `k`, in steps: of the slots that began before,
    /// those whose requests are at least as long as until then.
    func age(during k: Int) -> Double {
      var (ages, alive) = (0.0, 0.0)
      for begin in 0..<k {
        let weight = births[begin] * longer[k - 1 - begin]
        alive += weight
        ages += weight * (Double(k - begin) - 0.5)
      }
      return ages / alive
    }
  }
}
