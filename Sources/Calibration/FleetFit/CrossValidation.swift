internal import NumericalMethods

/// Errors of a fit on rows that it did not see: of each model left out, of each batch size, or of
/// each run, whichever the logs have enough of.
struct CrossValidation: Sendable {
  /// Groups from which on leaving one out leaves enough.
  private static let leastGroups = 3

  /// What was left out each time, as `model`; empty where nothing could be.
  let leftOut: String
  let errors: WindowErrors
  /// Groups without which the rest could not tell the parameters.
  let skipped: [String]

  init(_ fit: FleetFit, _ windows: [ServingWindow]) throws {
    let ways: [(name: String, key: (ServingWindow) -> String)] = [
      ("model", { $0.replica.name }), ("batch size", { "\($0.batchClass)" }), ("run", { $0.run }),
    ]
    for way in ways {
      let groups = Set(windows.map(way.key)).sorted()
      guard groups.count >= Self.leastGroups else { continue }
      var errors = WindowErrors()
      var skipped: [String] = []
      for group in groups {
        let rest = windows.filter { way.key($0) != group }
        guard let refitted = try? fit.refitted(rest) else {
          skipped.append(group)
          continue
        }
        try errors.add(
          windows.filter { way.key($0) == group }, { _ in refitted.parameters },
          overhead: fit.clientOverhead?.value)
      }
      guard !errors.rows.isEmpty else { continue }
      (leftOut, self.errors, self.skipped) = (way.name, errors, skipped)
      return
    }
    (leftOut, errors, skipped) = ("", WindowErrors(), [])
  }
}
