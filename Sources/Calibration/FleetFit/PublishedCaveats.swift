internal import DeviceModels

/// Why a published row is not what it is taken for. The fits of the publications leave the same
/// rows out, for the same reasons; logs of a fleet's own have none of them.
struct PublishedCaveats {
  let settings: FleetFitSettings

  /// Nil where nothing is known against the row. A row is a publication's where its task is one of
  /// theirs and the length of its prompts had to be assumed.
  func caveat(
    _ run: BenchmarkRun, _ summary: ServingSummary, _ window: ServingWindow, _ fits: FleetStart
  ) throws -> String? {
    guard let task = summary.task, settings.promptTokens[task] != nil, summary.promptTokens == nil
    else { return nil }
    let facts = run.facts
    if settings.unmodelledServing.contains(window.replica.model.name) {
      return "attention in chunks, served without whole graphs"
    }
    let name = [facts.gpu, task, facts.model].compactMap(\.self).joined(separator: " ")
    if settings.hostStarvedRuns.contains(name) { return "the host held the GPU back" }
    guard summary.holdsOwnPrompt, run.maxConcurrency == nil else { return nil }
    let overflows = try fits.replicaModel(window.replica)
      .overflows(
        rows: window.decodeRows, contextTokens: window.promptTokens + window.outputTokens / 2,
        under: settings.engineDefaults)
    return overflows ? "more in flight than the cache holds" : nil
  }
}
