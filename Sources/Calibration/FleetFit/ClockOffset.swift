internal import Foundation
internal import Scenarios

/// How far the clock of a power log is ahead of the clock of the requests that drew the power.
struct ClockOffset: Sendable {
  /// Instant of the power log less instant of the requests' log, s.
  var seconds: Double
  /// Half the width within which the match is as good, s; nil where it was not estimated.
  var uncertainty: Double?
  /// Correlation of measured and expected power; nil where it was not estimated.
  var correlation: Double?
}

/// Finds the offset at which measured power follows the requests best.
struct ClockMatch {
  /// Steps of a first search over the length of the requests.
  private static let steps = 300.0
  /// A dip of correlation this deep parts two maxima.
  private static let valley = 0.01
  /// Idle time around the requests that takes part in the match, s.
  private static let margin = 60.0

  let power: PowerLog
  /// What one GPU is expected to draw, W: a step function, from `start` to `end`.
  let expected: StepFunction
  let settings: FleetFitSettings

  /// Offsets at which to look: the middle of each place, and how far to both sides.
  enum Search {
    case around([Double])
    case everywhere
  }

  /// The best offset. Throws an `InputError` where there is no match, or more than one.
  func offset(_ search: Search) throws -> ClockOffset {
    guard let range = power.range else { throw error("holds no time that all its GPUs cover") }
    let length = expected.end - expected.start
    guard range.upperBound - range.lowerBound > length + settings.edge else {
      throw error(
        "is shorter (\(Self.text(range.upperBound - range.lowerBound)) s) than the requests "
          + "(\(Self.text(length)) s)", "a log that begins before the requests and ends after them")
    }
    let coarse = max(settings.clockStep, length / Self.steps)
    let grid = PowerGrid(power, range, step: coarse)
    let candidates = offsets(search, range, step: coarse).map { ($0, correlation(at: $0, grid)) }
    guard let best = candidates.max(by: { $0.1 < $1.1 }), best.1 >= settings.leastCorrelation
    else {
      throw error(
        "does not follow the requests at any offset of the clocks",
        "power that rises and falls with them: log some idle seconds before and after")
    }
    if let rival = rival(of: best, in: candidates) {
      throw error(
        "follows the requests as well \(Self.text(best.0)) s as \(Self.text(rival.0)) s after "
          + "their own clock (correlation \(Self.text(best.1)) and \(Self.text(rival.1)))",
        "one answer: log some idle seconds before and after, or both on one clock")
    }
    return refined(best.0, grid)
  }

  private func error(_ problem: String, _ expectation: String? = nil) -> InputError {
    power.place.error("the power log \(problem)", expected: expectation)
  }

  private static func text(_ value: Double) -> String { String(format: "%.2f", value) }

  private func offsets(
    _ search: Search, _ range: ClosedRange<Double>, step: Double
  ) -> [Double] {
    let least = range.lowerBound - expected.start
    let most = range.upperBound - expected.end
    func steps(_ from: Double, _ to: Double) -> [Double] {
      let (low, high) = (max(from, least), min(to, most))
      guard low <= high else { return [] }
      return Array(stride(from: low, through: high, by: step))
    }
    switch search {
    case .everywhere: return steps(least, most)
    case .around(let middles):
      return middles.flatMap { steps($0 - settings.clockSlack, $0 + settings.clockSlack) }
    }
  }

  /// Pearson's correlation of measured and expected power over steps around the requests.
  private func correlation(at offset: Double, _ measured: PowerGrid) -> Double {
    let step = measured.step
    let from = expected.start + offset - Self.margin
    let to = expected.end + offset + Self.margin
    let first = max(0, Int(((from - measured.start) / step).rounded(.up)))
    let last = min(measured.watts.count, Int((to - measured.start) / step))
    guard first < last else { return 0 }
    var (n, sx, sy, sxx, syy, sxy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var cursor = StepFunction.Cursor(expected)
    var before = cursor.integral(measured.start + Double(first) * step - offset)
    for index in first..<last {
      let after = cursor.integral(measured.start + Double(index + 1) * step - offset)
      let y = (after - before) / step
      before = after
      guard let x = measured.watts[index] else { continue }
      n += 1
      sx += x
      sy += y
      sxx += x * x
      syy += y * y
      sxy += x * y
    }
    let product = (sxx - sx * sx / n) * (syy - sy * sy / n)
    return n > 2 && product > 0 ? (sxy - sx * sy / n) / product.squareRoot() : 0
  }

  /// Another maximum nearly as high, parted from the best by a dip or by unsearched offsets.
  private func rival(
    of best: (Double, Double), in candidates: [(Double, Double)]
  ) -> (Double, Double)? {
    guard let peak = candidates.firstIndex(where: { $0.0 == best.0 }) else { return nil }
    let limit = settings.rivalCorrelation * best.1
    let sides = [
      Array(candidates.indices[..<peak].reversed()), Array(candidates.indices[(peak + 1)...]),
    ]
    for indices in sides {
      var lowest = best.1
      for index in indices {
        lowest = min(lowest, candidates[index].1)
        let isApart = candidates[index].1 - lowest >= Self.valley
        if isApart, candidates[index].1 >= limit { return candidates[index] }
      }
    }
    return nil
  }

  /// The best offset on the finest step, and how far it may be off.
  private func refined(_ coarse: Double, _ grid: PowerGrid) -> ClockOffset {
    let step = grid.step
    let fine = min(step, settings.clockStep)
    let near = stride(from: coarse - 2 * step, through: coarse + 2 * step, by: fine)
      .map { ($0, correlation(at: $0, grid)) }
    let best = near.max { $0.1 < $1.1 } ?? (coarse, 0)
    let count = (expected.end - expected.start + 2 * Self.margin) / step
    let tolerated = (1 - best.1 * best.1) * (1 + 4 / count)
    let good = near.filter { 1 - $0.1 * $0.1 <= tolerated }.map(\.0)
    let width = ((good.max() ?? best.0) - (good.min() ?? best.0)) / 2
    return ClockOffset(
      seconds: best.0, uncertainty: max(width, fine / 2), correlation: best.1)
  }
}

/// Measured power in steps of equal length.
private struct PowerGrid {
  let start: Double
  let step: Double
  /// Mean of each step; nil where the log has a hole.
  let watts: [Double?]

  init(_ power: PowerLog, _ range: ClosedRange<Double>, step: Double) {
    start = range.lowerBound
    self.step = step
    watts = (0..<Int((range.upperBound - range.lowerBound) / step)).map { index in
      let from = range.lowerBound + Double(index) * step
      return power.wattsPerGPU(from: from, to: from + step)
    }
  }
}

/// A function of time that is constant between instants, with its running integral.
struct StepFunction: Sendable {
  private var times: [Double] = []
  private var values: [Double] = []
  private var integrals: [Double] = []
  /// Before the first instant and after the last.
  private let outside: Double

  init(_ steps: [(time: Double, value: Double)], outside: Double) {
    self.outside = outside
    var sum = 0.0
    for (index, step) in steps.enumerated() {
      if index > 0 { sum += values[index - 1] * (step.time - times[index - 1]) }
      times.append(step.time)
      values.append(step.value)
      integrals.append(sum)
    }
  }

  var start: Double { times.first ?? 0 }
  var end: Double { times.last ?? 0 }

  func mean(from start: Double, to end: Double) -> Double {
    var cursor = Cursor(self)
    let before = cursor.integral(start)
    return (cursor.integral(end) - before) / (end - start)
  }

  /// Evaluates the integral at instants that only grow.
  struct Cursor {
    private let function: StepFunction
    /// Number of the function's instants at or before the last one asked for.
    private var passed = 0

    init(_ function: StepFunction) { self.function = function }

    /// The integral from the function's start to `time`.
    mutating func integral(_ time: Double) -> Double {
      while passed < function.times.count, function.times[passed] <= time { passed += 1 }
      guard passed > 0 else { return function.outside * (time - function.start) }
      let last = passed - 1
      let value = passed < function.times.count ? function.values[last] : function.outside
      return function.integrals[last] + value * (time - function.times[last])
    }
  }
}
