internal import Scenarios
internal import Studies

/// What a comparison has shown, in sentences that claim no more than its intervals.
enum VerdictSentences {
  /// All of them.
  static func lines(_ comparison: PolicyComparison, in context: StudyContext) -> [String] {
    leaders(comparison, in: context) + mixes(comparison) + grounds(comparison, in: context)
  }

  /// Who spends least, and who is right most often.
  static func leaders(_ comparison: PolicyComparison, in context: StudyContext) -> [String] {
    [
      spending(comparison, context), accuracy(comparison),
      comparison.bestSingleArm.map { "Best single arm: \($0)." },
    ].compactMap(\.self)
  }

  /// Every policy beside the mix of fixed arms that is right as often.
  static func mixes(_ comparison: PolicyComparison) -> [String] {
    comparison.verdicts.compactMap(mix)
  }

  /// What the others stand on, and what was assumed.
  static func grounds(_ comparison: PolicyComparison, in context: StudyContext) -> [String] {
    var lines = [volumes(comparison), sources(comparison)].compactMap(\.self)
    if !context.policiesAssumedFree.isEmpty {
      lines.append(
        "Assumed free, for they declare no time and no joules of their own: the decisions of "
          + "\(Listing.text(context.policiesAssumedFree)).")
    }
    return lines
  }

  private static func spending(_ comparison: PolicyComparison, _ context: StudyContext) -> String? {
    guard let leaders = comparison.thriftiest else { return nil }
    let base = leaders.metric == .energyPerCorrect ? "a right answer" : "a request"
    let amount =
      "\(NumberText.figure(leaders.value.value)) J of \(context.energyScope.words)"
    guard !leaders.ties.isEmpty else {
      return "\(leaders.best) spends least on \(base): \(amount)\(reach(leaders))."
    }
    return "A tie for least energy on \(base): \(Listing.text([leaders.best] + leaders.ties)), "
      + "\(leaders.best) at \(amount)\(reach(leaders))."
  }

  private static func accuracy(_ comparison: PolicyComparison) -> String? {
    guard let leaders = comparison.mostAccurate else { return nil }
    let share = NumberText.percent(leaders.value.value / 100)
    guard !leaders.ties.isEmpty else {
      return "\(leaders.best) is right most often: \(share)\(reach(leaders))."
    }
    return "A tie for most right answers: \(Listing.text([leaders.best] + leaders.ties)), "
      + "\(leaders.best) at \(share)\(reach(leaders))."
  }

  private static func reach(_ leaders: Leaders) -> String {
    let names = leaders.inReachOfCalibration
    guard !names.isEmpty else { return "" }
    return "; with other constants within their errors it may be \(Listing.text(names, "or"))"
  }

  /// A policy against the random mix of fixed arms that is right as often.
  static func mix(_ verdict: PolicyVerdict) -> String? {
    guard let saving = verdict.saving else {
      return "\(verdict.policy): no mix of fixed arms is right as often."
    }
    let rival =
      verdict.mixedArms.count == 1
      ? "\(verdict.mixedArms[0]), which is right at least as often"
      : "the random mix of \(Listing.text(verdict.mixedArms)) that is right as often"
    guard let interval = saving.interval else {
      return "\(verdict.policy) against \(rival): too few queries for an interval."
    }
    // The clause ends before a sentence goes on.
    let pair = "\(verdict.policy) and \(rival)\(verdict.mixedArms.count == 1 ? "," : "")"
    let range =
      "95 % interval of the saving \(NumberText.figure(interval.lowerBound)) to "
      + "\(NumberText.figure(interval.upperBound)) %"
    if saving.undefinedDraws > 0 {
      return "\(verdict.policy) and \(rival): open (\(range)), for with other constants within "
        + "their errors no mix may be right as often."
    }
    guard verdict.isClear else {
      return "\(pair) spend the same within the intervals: a tie (\(range))."
    }
    let amount = NumberText.figure(abs(saving.value))
    return "\(verdict.policy) spends \(amount) % \(saving.value > 0 ? "less" : "more") than "
      + "\(rival) (\(range))."
  }

  private static func volumes(_ comparison: PolicyComparison) -> String? {
    guard let volumes = comparison.hypervolumes, let all = volumes.allPolicies else { return nil }
    func share(_ estimate: SourcedEstimate) -> String { NumberText.percent(estimate.value) }
    let parts =
      [
        volumes.fixedArms.map { "fixed arms \(share($0))" },
        volumes.randomMixes.map { "their random mixes \(share($0))" },
      ].compactMap(\.self) + ["all policies \(share(all))"]
    return "Hypervolume (up to \(NumberText.figure(volumes.energyLimit)) J a request): "
      + parts.joined(separator: ", ") + "."
  }

  /// What the intervals cover, and what not.
  private static func sources(_ comparison: PolicyComparison) -> String? {
    guard let leaders = comparison.thriftiest else { return nil }
    let tested = leaders.sources
    guard !tested.isEmpty else { return "Nothing of this has an interval: too few queries." }
    var parts: [String] = []
    if tested.contains(.replications) {
      parts.append("other traffic and luck (\(comparison.replicationCount) seeds)")
    }
    if tested.contains(.questions) { parts.append("other questions of the same kinds") }
    if tested.contains(.calibration) {
      parts.append(
        "other constants within their standard errors (\(comparison.calibrationDrawCount) draws)")
    }
    let missing = UncertaintySource.allCases.filter { !tested.contains($0) }
    let rest =
      missing.isEmpty
      ? "" : "; \(Listing.text(missing.map { "other \($0.words)" })) were not tried"
    return "What is called a difference stands under \(Listing.text(parts)), and after Holm's "
      + "correction for the number of comparisons\(rest)."
  }
}
