internal import NumericalMethods
internal import Studies

/// What a value of one key does to a figure, in the mean over everything else.
public struct MainEffect: Sendable {
  public var policy: String
  /// The value, or the range of values that stand together.
  public var label: String
  /// Place on the axis: the value, where it is a number.
  public var position: Double?
  public var mean: Double
  /// At 95 %, over replications; nil where there is only one.
  public var interval: ClosedRange<Double>?
}

/// The mean of a figure where two keys have given values.
public struct HeatCell: Sendable {
  public var policy: String
  public var across: String
  public var up: String
  public var mean: Double
}

extension SweepTable {
  /// More values of a number than this stand together in equal parts.
  static let mostLevels = 12

  /// The values of an axis in order, each with its label; numbers are sorted, and many of them
  /// stand together.
  public func levels(of axis: Int) -> [String] { groups(of: axis).labels }

  /// The main effects of an axis on a figure, policy by policy, in the order of the levels.
  public func mainEffects(of axis: Int, on figure: Int) -> [MainEffect] {
    let (labels, labelByValue) = groups(of: axis)
    return policies.flatMap { policy in
      labels.compactMap { label -> MainEffect? in
        let chosen = rows.filter {
          $0.policy == policy && labelByValue[$0.settings[axis]] == label
        }
        guard let (mean, interval) = Self.estimate(chosen, figure) else { return nil }
        let numbers = chosen.compactMap { Double($0.settings[axis]) }
        let position =
          numbers.count == chosen.count ? numbers.reduce(0, +) / Double(numbers.count) : nil
        return MainEffect(
          policy: policy, label: label, position: position, mean: mean, interval: interval)
      }
    }
  }

  /// The means of a figure over two axes.
  public func heat(across: Int, up: Int, figure: Int) -> [HeatCell] {
    let (acrossLabels, acrossByValue) = groups(of: across)
    let (upLabels, upByValue) = groups(of: up)
    var sums: [HeatKey: (sum: Double, count: Int)] = [:]
    for row in rows {
      guard let value = row.values[figure], let x = acrossByValue[row.settings[across]],
        let y = upByValue[row.settings[up]]
      else { continue }
      let key = HeatKey(policy: row.policy, across: x, up: y)
      let old = sums[key] ?? (0, 0)
      sums[key] = (old.sum + value, old.count + 1)
    }
    return policies.flatMap { policy in
      acrossLabels.flatMap { x in
        upLabels.compactMap { y in
          sums[HeatKey(policy: policy, across: x, up: y)].map {
            HeatCell(policy: policy, across: x, up: y, mean: $0.sum / Double($0.count))
          }
        }
      }
    }
  }

  private struct HeatKey: Hashable {
    var policy: String
    var across: String
    var up: String
  }

  /// The mean over replications of the mean over points, with Student's interval.
  private static func estimate(
    _ rows: [Row], _ figure: Int
  ) -> (mean: Double, interval: ClosedRange<Double>?)? {
    let byReplication = Dictionary(grouping: rows, by: \.replication).sorted { $0.key < $1.key }
    let means = byReplication.compactMap { entry -> Double? in
      let values = entry.value.compactMap { $0.values[figure] }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    guard !means.isEmpty else { return nil }
    let count = Double(means.count)
    let mean = means.reduce(0, +) / count
    guard means.count > 1 else { return (mean, nil) }
    let squares = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let half =
      StudentT.quantile((1 + ConfidenceLevel.standard) / 2, degreesOfFreedom: count - 1)
      * (squares / (count - 1) / count).squareRoot()
    return (mean, (mean - half)...(mean + half))
  }

  /// Labels in order, and the label of each value.
  private func groups(of axis: Int) -> (labels: [String], byValue: [String: String]) {
    var values: [String] = []
    for row in rows where !values.contains(row.settings[axis]) { values.append(row.settings[axis]) }
    let numbers = values.compactMap { value in Double(value).map { (value, $0) } }
    guard numbers.count == values.count else {
      return (values, Dictionary(uniqueKeysWithValues: values.map { ($0, $0) }))
    }
    let sorted = numbers.sorted { $0.1 < $1.1 }.map(\.0)
    guard sorted.count > Self.mostLevels else {
      return (sorted, Dictionary(uniqueKeysWithValues: sorted.map { ($0, $0) }))
    }
    var labels: [String] = []
    var byValue: [String: String] = [:]
    for part in 0..<Self.mostLevels {
      let from = part * sorted.count / Self.mostLevels
      let to = (part + 1) * sorted.count / Self.mostLevels
      let label =
        to - from > 1 ? "\(sorted[from]) to \(sorted[to - 1])" : sorted[from]
      labels.append(label)
      for value in sorted[from..<to] { byValue[value] = label }
    }
    return (labels, byValue)
  }
}
