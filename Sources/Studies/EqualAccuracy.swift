/// A family of policies that trade energy for accuracy in one way.
public struct PolicyFamily: Hashable, Sendable {
  public var name: String
  public var points: [PolicyPoint]

  public init(name: String, points: [PolicyPoint]) {
    self.name = name
    self.points = points
  }

  /// Least energy per request (J) at which the family reaches `accuracy`; nil outside its range.
  ///
  /// Straight lines between neighbours on the family's own Pareto front. They are not only a
  /// guess: sending each query to one of two arms by the toss of a coin reaches every point of
  /// the line between them, but for what the batch sizes change.
  public func energyPerRequest(atAccuracy accuracy: Double) -> Double? {
    let front = PolicyPoint.paretoFront(of: points)
    guard let upper = front.firstIndex(where: { $0.accuracy >= accuracy }) else { return nil }
    let high = front[upper]
    if high.accuracy == accuracy { return high.energyPerRequest }
    guard upper > 0 else { return nil }
    let low = front[upper - 1]
    let share = (accuracy - low.accuracy) / (high.accuracy - low.accuracy)
    return low.energyPerRequest + share * (high.energyPerRequest - low.energyPerRequest)
  }
}

/// What each family spends to be right as often as one policy is.
public struct EqualAccuracyRow: Hashable, Sendable {
  /// The policy whose accuracy sets the level.
  public var policy: String
  public var accuracy: Double
  /// By family name, joules per request; nil where the family does not reach the level or never
  /// goes that low.
  public var energyPerRequestByFamily: [String: Double?]

  /// A row for every policy that belongs to a family, by rising accuracy.
  ///
  /// Empty with fewer than two families: there is nothing to compare.
  public static func rows(for families: [PolicyFamily]) -> [Self] {
    guard families.count >= 2 else { return [] }
    return Set(families.flatMap(\.points))
      .sorted { ($0.accuracy, $0.name) < ($1.accuracy, $1.name) }
      .map { point in
        var energies: [String: Double?] = [:]
        for family in families {
          energies.updateValue(
            family.energyPerRequest(atAccuracy: point.accuracy), forKey: family.name)
        }
        return Self(
          policy: point.name, accuracy: point.accuracy, energyPerRequestByFamily: energies)
      }
  }
}
