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
    Self.interpolate(
      PolicyPoint.paretoFront(of: points).map { ($0.accuracy, $0.energyPerRequest) }, at: accuracy)
  }

  /// The accuracy that the family reaches with `energy` joules a request, along the same lines.
  public func accuracy(atEnergyPerRequest energy: Double) -> Double? {
    Self.interpolate(
      PolicyPoint.paretoFront(of: points).map { ($0.energyPerRequest, $0.accuracy) }, at: energy)
  }

  /// Along lines between points with rising `x`; nil outside them.
  private static func interpolate(_ points: [(x: Double, y: Double)], at x: Double) -> Double? {
    guard let upper = points.firstIndex(where: { $0.x >= x }) else { return nil }
    let high = points[upper]
    if high.x == x { return high.y }
    guard upper > 0 else { return nil }
    let low = points[upper - 1]
    return low.y + (x - low.x) / (high.x - low.x) * (high.y - low.y)
  }
}

/// What each family spends to be right as often as one policy is, and how often it is right for
/// what that policy spends.
public struct EqualAccuracyRow: Hashable, Sendable {
  /// The policy that sets the level.
  public var policy: String
  /// Share of right answers.
  public var accuracy: Double
  /// Joules, in the study's scope.
  public var energyPerRequest: Double
  /// By family name, joules per request at this accuracy; nil where the family does not reach it
  /// or never goes that low.
  public var energyByFamily: [String: SourcedEstimate?]
  /// By family name, the share of right answers at this energy.
  public var accuracyByFamily: [String: SourcedEstimate?]
  /// What the cheapest family saves of the next one's energy at this accuracy, per cent.
  public var saving: FamilySaving?
}

/// How far the cheapest family lies below another at equal accuracy.
public struct FamilySaving: Hashable, Sendable {
  public var cheapest: String
  public var other: String
  /// Per cent of the other's energy.
  public var percent: SourcedEstimate
}

/// Reads the families of a study at the levels of its policies.
struct FamilyReader {
  let names: [String]
  let members: [(name: String, policies: [Int])]
  let evidence: ComparisonEvidence

  /// Families in the order in which their first members appear.
  init(_ names: [String], _ familiesByPolicy: [String: [String]], _ evidence: ComparisonEvidence) {
    self.names = names
    self.evidence = evidence
    var members: [(name: String, policies: [Int])] = []
    for (position, name) in names.enumerated() {
      for family in familiesByPolicy[name] ?? [] {
        if let index = members.firstIndex(where: { $0.name == family }) {
          members[index].policies.append(position)
        } else {
          members.append((family, [position]))
        }
      }
    }
    self.members = members
  }

  /// A row for every policy that belongs to a family, by rising accuracy; empty with fewer than
  /// two families, for then there is nothing to compare.
  func rows() -> [EqualAccuracyRow] {
    guard members.count >= 2 else { return [] }
    return Set(members.flatMap(\.policies)).sorted().compactMap(row)
      .sorted { ($0.accuracy, $0.policy) < ($1.accuracy, $1.policy) }
  }

  private func row(_ policy: Int) -> EqualAccuracyRow? {
    guard let accuracy = evidence.estimate({ $0[policy, .accuracyPoints] })?.value,
      let energy = evidence.estimate({ $0[policy, .energyPerRequest] })?.value
    else { return nil }
    var row = EqualAccuracyRow(
      policy: names[policy], accuracy: accuracy / 100, energyPerRequest: energy,
      energyByFamily: [:], accuracyByFamily: [:])
    for family in members {
      row.energyByFamily.updateValue(
        evidence.estimate { self.energy(of: family.policies, as: policy, in: $0) },
        forKey: family.name)
      row.accuracyByFamily.updateValue(
        evidence.estimate { table in
          table[policy, .energyPerRequest].flatMap {
            self.family(family.policies, in: table).accuracy(atEnergyPerRequest: $0)
          }
        }, forKey: family.name)
    }
    row.saving = saving(in: row, policy)
    return row
  }

  private func saving(in row: EqualAccuracyRow, _ policy: Int) -> FamilySaving? {
    let reached = members.compactMap { family in
      (row.energyByFamily[family.name] ?? nil).map { (family, $0.value) }
    }.sorted { ($0.1, $0.0.name) < ($1.1, $1.0.name) }
    guard reached.count >= 2, reached[0].1 != reached[1].1 else { return nil }
    let (cheapest, other) = (reached[0].0, reached[1].0)
    let percent = evidence.estimate { table in
      guard let low = energy(of: cheapest.policies, as: policy, in: table),
        let high = energy(of: other.policies, as: policy, in: table)
      else { return nil }
      return 100 * (1 - low / high)
    }
    return percent.map { FamilySaving(cheapest: cheapest.name, other: other.name, percent: $0) }
  }

  private func energy(of members: [Int], as policy: Int, in table: RealizedFigures) -> Double? {
    table[policy, .accuracyPoints].flatMap {
      family(members, in: table).energyPerRequest(atAccuracy: $0 / 100)
    }
  }

  private func family(_ members: [Int], in table: RealizedFigures) -> PolicyFamily {
    PolicyFamily(name: "", points: members.compactMap { table.point($0, names[$0]) })
  }
}

extension RealizedFigures {
  /// Nil where nothing completed or nothing was judged.
  func point(
    _ policy: Int, _ name: String, by metric: PairedMetric = .energyPerRequest
  ) -> PolicyPoint? {
    guard let energy = self[policy, metric], let points = self[policy, .accuracyPoints]
    else { return nil }
    return PolicyPoint(name: name, energyPerRequest: energy, accuracy: points / 100)
  }
}
