internal import FleetEngine
internal import NumericalMethods
internal import Scenarios
internal import Studies

/// The answer of a study in a sentence.
enum Headline {
  private typealias Entry = (run: PolicyRun, figures: PolicyFigures)

  /// A comparison's headline names ties; a study without one says what was simulated.
  static func text(for study: StudyResult, comparison: PolicyComparison? = nil) -> String {
    if let comparison, study.runs.count > 1, let text = compared(study, comparison) {
      return text
    }
    let entries = study.runs.map { (run: $0, figures: PolicyFigures($0, in: study.context)) }
    guard let first = entries.first else { return "No policy was run." }
    guard entries.count > 1 else { return single(first.run, first.figures) }
    let cheapest = least(entries) { $0.energyPerCorrect }
    // Of policies that are right equally often, the cheapest.
    let best = least(entries) { $0.accuracy.map { -$0.mean } }.flatMap { top in
      least(entries.filter { $0.figures.accuracy?.mean == top.figures.accuracy?.mean }) {
        $0.energyPerCorrect
      } ?? top
    }
    if let cheapest, let best { return perCorrect(cheapest, best) }
    guard let cheapest = least(entries, by: { $0.energyPerRequest }) else {
      return noneCompleted(study.runs, "No request was completed under any policy")
    }
    return perRequest(cheapest, first: first, second: entries[1], entries)
  }

  private static func compared(
    _ study: StudyResult, _ comparison: PolicyComparison
  ) -> String? {
    guard let thrift = comparison.thriftiest else { return nil }
    guard thrift.metric == .energyPerCorrect, let right = comparison.mostAccurate else {
      return unjudged(thrift, study.context.energyScope)
    }
    func share(_ name: String) -> String {
      let points = comparison.placed.first { $0.name == name }?.accuracyPoints?.value
      return NumberText.percent(points.map { $0 / 100 })
    }
    let amount =
      "\(NumberText.figure(thrift.value.value)) J of \(study.context.energyScope.noun)"
    let thriftiest =
      thrift.ties.isEmpty
      ? "\(thrift.best) spends least on a right answer, \(amount), and is right "
        + "\(share(thrift.best)) of the time"
      : "\(names(thrift)) tie for the least energy on a right answer, about \(amount)"
    if right.ties.isEmpty, right.best == thrift.best, thrift.ties.isEmpty {
      return "\(right.best) is right most often, \(share(right.best)), and spends least on a "
        + "right answer, \(amount)\(doubt(thrift, right))."
    }
    let mostRight =
      right.ties.isEmpty
      ? "\(right.best) is right most often, \(share(right.best))"
      : "\(names(right)) tie for most right answers, about \(share(right.best))"
    return "\(thriftiest); \(mostRight)\(doubt(thrift, right))."
  }

  /// Where nobody can say what is right.
  private static func unjudged(_ thrift: Leaders, _ scope: EnergyScope) -> String {
    let amount = "\(NumberText.figure(thrift.value.value)) J of \(scope.noun)"
    let claim =
      thrift.ties.isEmpty
      ? "\(thrift.best) spends least on a request, \(amount)"
      : "\(names(thrift)) tie for the least energy on a request, about \(amount)"
    return "\(claim)\(doubt(thrift, thrift))."
  }

  /// Whether the calibration leaves an order open that chance does not.
  private static func doubt(_ thrift: Leaders, _ right: Leaders) -> String {
    let isOpen = !thrift.inReachOfCalibration.isEmpty || !right.inReachOfCalibration.isEmpty
    return isOpen ? ", as far as the calibration can tell (see the verdict)" : ""
  }

  /// Few by name, many by number.
  private static func names(_ leaders: Leaders) -> String {
    guard leaders.ties.count <= 3 else { return "\(leaders.ties.count + 1) policies" }
    return Listing.text([leaders.best] + leaders.ties)
  }

  /// With the reason, where all runs share it.
  private static func noneCompleted(_ runs: [PolicyRun], _ fact: String) -> String {
    let reasons = Set(runs.map(EmptyRunSentence.text))
    guard reasons.count == 1, let reason = reasons.first ?? nil else { return fact + "." }
    return "\(fact): \(reason)."
  }

  /// The first entry with the least figure; nil where no entry has it.
  private static func least(
    _ entries: [Entry], by figure: (PolicyFigures) -> Double?
  ) -> Entry? {
    entries.filter { figure($0.figures) != nil }
      .min { (figure($0.figures) ?? 0) < (figure($1.figures) ?? 0) }
  }

  private static func single(_ run: PolicyRun, _ figures: PolicyFigures) -> String {
    guard let energy = figures.energyPerRequest else {
      return noneCompleted([run], "No request was completed")
    }
    var parts = [
      "\(run.name) spends \(NumberText.figure(energy)) J of "
        + "\(figures.energyScope.noun) per request"
    ]
    if let accuracy = figures.accuracy {
      parts.append("is right \(NumberText.percent(accuracy.mean)) of the time")
    }
    if let slowest = run.result.latency.endToEnd.quantile(0.99) {
      parts.append("ends 99 % of requests within \(NumberText.figure(slowest / 1e9)) s")
    }
    return sentence(parts)
  }

  private static func perCorrect(_ cheapest: Entry, _ best: Entry) -> String {
    let energy =
      "\(NumberText.figure(cheapest.figures.energyPerCorrect)) J of "
      + cheapest.figures.energyScope.noun
    let share = NumberText.percent(best.figures.accuracy?.mean)
    guard cheapest.run.name != best.run.name else {
      return "\(best.run.name) is right most often, \(share), and spends least on a right answer, "
        + "\(energy)."
    }
    return "\(cheapest.run.name) spends least on a right answer, \(energy), and is right "
      + "\(NumberText.percent(cheapest.figures.accuracy?.mean)) of the time; \(best.run.name) is "
      + "right most often, \(share), at \(NumberText.figure(best.figures.energyPerCorrect)) J "
      + "a right answer."
  }

  private static func perRequest(
    _ best: Entry, first: Entry, second: Entry, _ entries: [Entry]
  ) -> String {
    let other = best.run.name == first.run.name ? second : first
    let text =
      "\(best.run.name) spends least on a request: "
      + "\(NumberText.figure(best.figures.energyPerRequest)) J of "
      + best.figures.energyScope.noun
    let rest = less(best.figures.energyPerRequest, other.figures.energyPerRequest)
    let saving = rest.map { ", \($0) than \(other.run.name)" } ?? ""
    return text + saving + inTime(best, entries) + "."
  }

  /// Who keeps the objective, where there is one: few joules may be those of requests too late.
  private static func inTime(_ thrift: Entry, _ entries: [Entry]) -> String {
    guard let own = thrift.figures.sloAttainment,
      let prompt = least(entries, by: { $0.sloAttainment.map { -$0 } }),
      let most = prompt.figures.sloAttainment
    else { return "" }
    let share = NumberText.percent(own)
    if most > own, NumberText.percent(most) != share {
      return "; it keeps the latency objective for \(share) of requests, \(prompt.run.name) for "
        + NumberText.percent(most)
    }
    let isCommon = entries.allSatisfy { NumberText.percent($0.figures.sloAttainment) == share }
    return "; it keeps the latency objective for \(share) of requests"
      + (isCommon ? ", as the others do" : ", none for more")
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

  var noun: String {
    switch self {
    case .gpu: "GPU energy"
    case .node: "node energy"
    case .facility: "facility energy"
    }
  }
}
