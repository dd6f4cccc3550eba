/// Policies against each other on the same queries.
public struct PolicyComparison: Sendable {
  /// Beyond this many policies only the pairs with the baseline are compared: the number of
  /// all pairs grows with the square.
  static let allPairsLimit = 12

  /// Later policies against earlier ones; the pairs with the baseline (the first) come first.
  public var paired: [PairedDifference]
  /// Names of the policies that no other beats in both GPU energy per request and accuracy.
  public var paretoFront: [String]
  public var equalAccuracy: [EqualAccuracyRow]

  public init(_ study: StudyResult) {
    paired = Self.pairs(count: study.runs.count).flatMap { pair in
      PairedMetric.allCases.compactMap {
        PairedDifference.between(study.runs[pair.a], study.runs[pair.b], $0)
      }
    }
    let points = study.runs.compactMap { PolicyFigures($0, in: study.context).point }
    paretoFront = PolicyPoint.paretoFront(of: points).map(\.name)
    equalAccuracy = EqualAccuracyRow.rows(for: Self.families(of: points, in: study.context))
  }

  static func pairs(count: Int) -> [(a: Int, b: Int)] {
    let baselines = count <= allPairsLimit ? max(0, count - 1) : 1
    return (0..<baselines).flatMap { b in ((b + 1)..<count).map { (a: $0, b: b) } }
  }

  /// Families in the order in which their first members appear.
  private static func families(
    of points: [PolicyPoint], in context: StudyContext
  ) -> [PolicyFamily] {
    var families: [PolicyFamily] = []
    for point in points {
      for name in context.familiesByPolicy[point.name] ?? [] {
        if let index = families.firstIndex(where: { $0.name == name }) {
          families[index].points.append(point)
        } else {
          families.append(PolicyFamily(name: name, points: [point]))
        }
      }
    }
    return families
  }
}
