internal import Studies

/// Energy at equal accuracy in plain words.
enum EqualAccuracySentence {
  /// A line for each level that at least two families reach at different cost.
  static func lines(for rows: [EqualAccuracyRow]) -> [String] {
    rows.compactMap { row in
      let reached = row.energyPerRequestByFamily.compactMap { family, energy in
        energy.map { (family: family, energy: $0) }
      }
      guard Set(reached.map(\.energy)).count >= 2 else { return nil }
      let parts = reached.sorted { ($0.energy, $0.family) < ($1.energy, $1.family) }
        .map { "\($0.family) \(NumberText.figure($0.energy)) J" }
      return "At \(NumberText.percent(row.accuracy)) right (\(row.policy)): "
        + parts.joined(separator: ", ") + " per request."
    }
  }
}
