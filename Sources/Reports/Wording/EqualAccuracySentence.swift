internal import Studies

/// Energy at equal accuracy in plain words.
enum EqualAccuracySentence {
  /// A line for each level that at least two families reach at different cost.
  static func lines(for rows: [EqualAccuracyRow]) -> [String] {
    rows.compactMap { row in
      guard let saving = row.saving else { return nil }
      let reached = row.energyByFamily.compactMap { family, energy in
        energy.map { (family: family, energy: $0.value) }
      }
      let parts = reached.sorted { ($0.energy, $0.family) < ($1.energy, $1.family) }
        .map { "\($0.family) \(NumberText.figure($0.energy)) J" }
      return "At \(NumberText.percent(row.accuracy)) right (\(row.policy)): "
        + parts.joined(separator: ", ") + " per request; \(claim(saving))."
    }
  }

  private static func claim(_ saving: FamilySaving) -> String {
    let percent = saving.percent
    guard let interval = percent.interval else { return "no interval" }
    let range =
      "95 % interval \(NumberText.figure(interval.lowerBound)) to "
      + "\(NumberText.figure(interval.upperBound)) %"
    guard !interval.contains(0) else { return "a tie (\(range))" }
    return "\(NumberText.figure(percent.value)) % less (\(range))"
  }
}
