internal import FleetEngine
internal import NumericalMethods
internal import Studies

/// The answer of a study in a sentence.
enum Headline {
  static func text(for study: StudyResult) -> String {
    let entries = study.runs.map { (run: $0, figures: PolicyFigures($0, in: study.context)) }
    guard let first = entries.first else { return "No policy was run." }
    guard entries.count > 1 else { return single(first.run, first.figures) }
    if let best = entries.filter({ $0.figures.energyPerCorrect != nil })
      .min(by: { ($0.figures.energyPerCorrect ?? 0) < ($1.figures.energyPerCorrect ?? 0) })
    {
      let against = best.run.name == first.run.name ? entries[1] : first
      return perCorrect(best.run.name, best.figures, against.run.name, against.figures)
    }
    guard
      let best = entries.filter({ $0.figures.energyPerRequest != nil })
        .min(by: { ($0.figures.energyPerRequest ?? 0) < ($1.figures.energyPerRequest ?? 0) })
    else { return "No request was completed under any policy." }
    let against = best.run.name == first.run.name ? entries[1] : first
    return perRequest(best.run.name, best.figures, against.run.name, against.figures)
  }

  private static func single(_ run: PolicyRun, _ figures: PolicyFigures) -> String {
    guard let energy = figures.energyPerRequest else { return "No request was completed." }
    var parts = [
      "\(run.name) spends \(NumberText.figure(energy)) J per request "
        + "(\(figures.energyScope.words))"
    ]
    if let accuracy = figures.accuracy {
      parts.append("is right \(NumberText.percent(accuracy.mean)) of the time")
    }
    if let slowest = run.result.latency.endToEnd.quantile(0.99) {
      parts.append("ends 99 % of requests within \(NumberText.figure(slowest / 1e9)) s")
    }
    return sentence(parts)
  }

  private static func perCorrect(
    _ name: String, _ best: PolicyFigures, _ otherName: String, _ other: PolicyFigures
  ) -> String {
    var text =
      "\(name) spends least on a right answer: "
      + "\(NumberText.figure(best.energyPerCorrect)) J (\(best.energyScope.words))"
    if let rest = less(best.energyPerCorrect, other.energyPerCorrect) {
      text += ", \(rest) than \(otherName)"
    }
    if let mine = best.accuracy?.mean, let theirs = other.accuracy?.mean {
      text +=
        "; it is right \(NumberText.percent(mine)) of the time, "
        + "\(otherName) \(NumberText.percent(theirs))"
    }
    return text + "."
  }

  private static func perRequest(
    _ name: String, _ best: PolicyFigures, _ otherName: String, _ other: PolicyFigures
  ) -> String {
    let text =
      "\(name) spends least on a request: "
      + "\(NumberText.figure(best.energyPerRequest)) J (\(best.energyScope.words))"
    guard let rest = less(best.energyPerRequest, other.energyPerRequest) else { return text + "." }
    return "\(text), \(rest) than \(otherName)."
  }

  private static func less(_ mine: Double?, _ theirs: Double?) -> String? {
    guard let mine, let theirs, theirs > 0 else { return nil }
    return "\(NumberText.figure(100 * (1 - mine / theirs))) % less"
  }

  private static func sentence(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.joined() + "." }
    return parts.dropLast().joined(separator: ", ") + " and " + last + "."
  }
}

extension EnergyScope {
  /// What the scope counts, in a few words.
  var words: String {
    switch self {
    case .gpu: "GPU energy, idle included"
    case .node: "node energy, idle included"
    case .facility: "facility energy, idle included"
    }
  }
}
