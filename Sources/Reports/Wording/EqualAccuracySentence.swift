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
    guard percent.undefinedDraws == 0 else {
      return "\(NumberText.figure(percent.value)) % less, but with other constants within their "
        + "errors one of them may not come that far"
    }
    let range =
      "95 % interval \(NumberText.figure(interval.lowerBound)) to "
      + "\(NumberText.figure(interval.upperBound)) %"
    guard !interval.contains(0) else { return "a tie (\(range))" }
    return "\(NumberText.figure(percent.value)) % less (\(range))"
  }
}

/// Accuracy at equal energy in plain words.
enum EqualEnergySentence {
  /// A line for each level that at least two families reach with different accuracy.
  static func lines(for rows: [EqualAccuracyRow]) -> [String] {
    rows.compactMap { row in
      let reached = row.accuracyByFamily.compactMap { family, accuracy in
        accuracy.map { (family: family, accuracy: $0) }
      }
      guard Set(reached.map(\.accuracy.value)).count >= 2 else { return nil }
      let parts = reached.sorted { ($0.accuracy.value, $1.family) > ($1.accuracy.value, $0.family) }
        .map { "\($0.family) \(text($0.accuracy))" }
      return "With \(NumberText.figure(row.energyPerRequest)) J a request (\(row.policy)): "
        + parts.joined(separator: ", ") + " right."
    }
  }

  private static func text(_ accuracy: SourcedEstimate) -> String {
    let share = NumberText.percent(accuracy.value)
    guard let interval = accuracy.interval, interval.upperBound > interval.lowerBound else {
      return share
    }
    // A normal interval may pass the ends of what a share can be.
    let low = NumberText.fixed(100 * max(0, interval.lowerBound), decimals: 1)
    let high = NumberText.fixed(100 * min(1, interval.upperBound), decimals: 1)
    let rest = accuracy.undefinedDraws == 0 ? "" : ", errors of the calibration not counted"
    return "\(share) (\(low) to \(high)\(rest))"
  }
}
