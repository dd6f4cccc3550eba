public import Scenarios

/// A key of the scenario and the values that it takes in a sweep.
public struct SweepAxis: Hashable, Sendable {
  public enum Values: Hashable, Sendable {
    /// As written, in order.
    case list([String])
    /// From low to high, both included; whole numbers where both ends are written as such.
    case range(low: Double, high: Double, isWhole: Bool, isLogarithmic: Bool, spacing: Spacing)
  }

  /// Where the points of a range lie in a grid.
  public enum Spacing: Hashable, Sendable {
    case step(Double)
    case count(Int)
    /// Nothing was said: by one where the range is whole, else only Latin hypercubes take it.
    case unstated
  }

  /// Dotted, as `ScenarioSetting` has it.
  public var path: String
  public var values: Values
  /// What the user wrote.
  public var text: String

  /// Most values that a range may spread over: more is a slip of the pen.
  static let mostValues = 100_000

  /// The values in a grid. Throws for a range that says nothing of where its points lie.
  public func gridValues() throws(InputError) -> [String] {
    switch values {
    case .list(let list): return list
    case .range(let low, let high, let isWhole, let isLogarithmic, let spacing):
      let count: Int
      switch spacing {
      case .count(let number): count = number
      case .step(let step): return Self.steps(from: low, to: high, by: step)
      case .unstated:
        guard isWhole, !isLogarithmic else {
          throw InputError(
            file: SweepAxisReader.place, problem: "\(text) does not say how many values",
            expectation: "\(text):5 for five, \(text)/0.5 for steps, or --latin-hypercube")
        }
        return Self.steps(from: low, to: high, by: 1)
      }
      return (0..<count).map { index in
        let share = count == 1 ? 0 : Double(index) / Double(count - 1)
        return Self.text(
          at: share, low: low, high: high, isWhole: isWhole, isLogarithmic: isLogarithmic)
      }.removingRepeats
    }
  }

  /// The value at a share of the way, 0 to 1, as a Latin hypercube draws it: lists are divided
  /// into equal parts, whole ranges too.
  func value(atShare share: Double) -> String {
    switch values {
    case .list(let list):
      return list[min(list.count - 1, Int(share * Double(list.count)))]
    case .range(let low, let high, let isWhole, let isLogarithmic, _):
      guard isWhole, !isLogarithmic else {
        return Self.text(
          at: share, low: low, high: high, isWhole: isWhole, isLogarithmic: isLogarithmic)
      }
      let span = high - low + 1
      return DecimalText.of(min(high, low + (share * span).rounded(.down)))
    }
  }

  private static func steps(from low: Double, to high: Double, by step: Double) -> [String] {
    // A step that does not divide the span exactly in binary must not lose its last point.
    let count = Int(((high - low) / step + 1e-9).rounded(.down))
    return (0...count).map { DecimalText.of(low + Double($0) * step) }
  }

  private static func text(
    at share: Double, low: Double, high: Double, isWhole: Bool, isLogarithmic: Bool
  ) -> String {
    let value =
      isLogarithmic
      ? low * LogarithmicScale.power(high / low, share) : low + share * (high - low)
    return DecimalText.of(isWhole ? value.rounded() : value)
  }
}

extension [String] {
  /// Whole values of a dense range may coincide.
  fileprivate var removingRepeats: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
