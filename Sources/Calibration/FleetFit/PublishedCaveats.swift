internal import DeviceModels

/// Why a published row is not what it is taken for. The fits of the publications leave the same
/// rows out, for the same reasons.
struct PublishedCaveats {
  let settings: FleetFitSettings

  /// Nil where nothing is known against the row. Runs with requests of their own have none: only
  /// means can be wrong about what was in flight.
  func caveat(
    _ run: BenchmarkRun, _ summary: ServingSummary, _ window: ServingWindow, _ fits: FleetStart
  ) throws -> String? {
    let facts = run.facts
    if settings.unmodelledServing.contains(window.replica.model.name) {
      return "attention in chunks, served without whole graphs"
    }
    let name = [facts.gpu, summary.task, facts.model].compactMap(\.self).joined(separator: " ")
    if settings.hostStarvedRuns.contains(name) { return "the host held the GPU back" }
    guard summary.holdsOwnPrompt, run.maxConcurrency == nil else { return nil }
    let overflows = try fits.replicaModel(window.replica)
      .overflows(rows: window.decodeRows, contextTokens: window.contextTokens)
    return overflows ? "more in flight than the cache holds" : nil
  }
}
