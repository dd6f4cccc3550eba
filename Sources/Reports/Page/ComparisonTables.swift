internal import Scenarios
internal import Studies

/// The tables of a comparison: means over its seeds, and what sets policies apart.
struct ComparisonTables {
  let study: StudyResult
  let comparison: PolicyComparison

  /// Up to so many verdicts on policies are sentences; more stand in a table.
  static let fewVerdicts = 4

  /// What all of them count.
  var note: String {
    HTMLText.element(
      "p",
      "Energy is \(study.context.energyScope.words). summary.json has more metrics, and the "
        + "interval of each source of uncertainty.", attributes: "class=\"caption\"")
  }

  /// Every policy in a line.
  var overview: String {
    let metrics: [(metric: PairedMetric, title: String)] = [
      (.energyPerCorrect, "J per right"), (.timeToFirstTokenTail, "TTFT p99, ms"),
      (.timePerOutputTokenTail, "TPOT p99, ms"), (.endToEndTail, "E2E p99, ms"),
    ]
    let hasFront = comparison.placed.contains { $0.accuracyPoints != nil }
    return HTMLTable(
      caption: "Policies: means over \(comparison.replicationCount) seeds, with "
        + "\(IntervalWords.text(comparison)) (J: \(study.context.energyScope.words))",
      header: ["policy", "J per request", "right"] + metrics.map(\.title)
        + ["GPUs", "Pareto front"],
      rows: study.runs.map { run in
        let placed = comparison.placed.first { $0.name == run.name }
        let isOnFront = comparison.paretoFront.contains(run.name)
        let figures = PolicyFigures(run, in: study.context)
        return [
          HTMLTable.Cell(run.name), Self.amount(placed?.energyPerRequest, scale: 1),
          Self.share(placed?.accuracyPoints),
        ]
          + metrics.map { HTMLTable.Cell(NumberText.figure(mean(of: run.name, $0.metric))) }
          + [
            HTMLTable.Cell(NumberText.count(figures.gpuCount)),
            HTMLTable.Cell(
              hasFront ? (isOnFront ? "on it" : "off it") : NumberText.none,
              style: isOnFront ? "yes" : "open"),
          ]
      },
      namesPolicies: true
    ).text
  }

  /// Every later policy against the first.
  func differences(from baseline: String) -> String {
    let metrics = PairedMetric.told.filter { metric in
      comparison.paired.contains { $0.b == baseline && $0.metric == metric }
    }
    let rows = study.runs.dropFirst().map { run in
      [HTMLTable.Cell(run.name)]
        + metrics.map { metric in
          comparison.paired.first { $0.a == run.name && $0.b == baseline && $0.metric == metric }
            .map(Self.difference) ?? HTMLTable.Cell(NumberText.none)
        }
    }
    guard !rows.isEmpty, !metrics.isEmpty else { return "" }
    let reading = HTMLText.element(
      "p",
      "Bold: a difference that stands in every interval and after the correction for the number of "
        + "comparisons. Pale: none that is clear.", attributes: "class=\"caption\"")
    return HTMLTable(
      caption: "More or less than \(baseline) (\(IntervalWords.text(comparison)))",
      header: ["policy"] + metrics.map(\.columnTitle), rows: rows, namesPolicies: true
    ).text + reading
  }

  /// Every policy that chooses, beside the mix of fixed arms that is right as often; nothing where
  /// few are told in sentences.
  var mixes: String {
    guard comparison.verdicts.count > Self.fewVerdicts else { return "" }
    return HTMLTable(
      caption: "Energy saved against the fixed arms, or random mixes of them, that are right as "
        + "often (95 % interval)",
      header: ["policy", "saves", "against", "verdict"],
      rows: comparison.verdicts.map { verdict in
        let saving = verdict.saving
        let amount = saving.map { "\(NumberText.signed($0.value)) %" } ?? NumberText.none
        let range = saving?.interval.map { NumberText.range($0, isSigned: true) } ?? ""
        let word =
          saving == nil
          ? "none is right as often"
          : verdict.isClear ? ((saving?.value ?? 0) > 0 ? "spends less" : "spends more") : "a tie"
        return [
          HTMLTable.Cell(verdict.policy),
          HTMLTable.Cell(amount, note: range, style: verdict.isClear ? "clear" : "open"),
          HTMLTable.Cell(Listing.text(verdict.mixedArms)), HTMLTable.Cell(word),
        ]
      },
      namesPolicies: true, wordColumns: [2, 3]
    ).text
  }

  /// Over all seeds; the first policy is what the others were compared with.
  private func mean(of policy: String, _ metric: PairedMetric) -> Double? {
    let baseline = study.runs.first?.name
    if policy == baseline {
      return comparison.paired.first { $0.b == policy && $0.metric == metric }?.reference
    }
    return comparison.paired.first { $0.a == policy && $0.b == baseline && $0.metric == metric }
      .map { $0.reference + $0.estimate.value }
  }

  private static func amount(_ estimate: SourcedEstimate?, scale: Double) -> HTMLTable.Cell {
    guard let estimate else { return HTMLTable.Cell(NumberText.none) }
    return HTMLTable.Cell(
      NumberText.figure(estimate.value * scale),
      note: estimate.interval.map { NumberText.range($0) } ?? "")
  }

  private static func share(_ points: SourcedEstimate?) -> HTMLTable.Cell {
    guard let points else { return HTMLTable.Cell(NumberText.none) }
    let interval = points.interval.map {
      // A normal interval may pass the ends of what a share can be.
      max(0, $0.lowerBound)...max(0, min(100, $0.upperBound))
    }
    return HTMLTable.Cell(
      NumberText.percent(points.value / 100),
      note: interval.map { NumberText.range($0) } ?? "")
  }

  private static func difference(_ pair: PairedDifference) -> HTMLTable.Cell {
    let interval = pair.estimate.interval
    if interval == 0...0 { return HTMLTable.Cell("same", style: "open") }
    return HTMLTable.Cell(
      NumberText.signed(pair.estimate.value),
      note: interval.map { NumberText.range($0, isSigned: true) } ?? "too few queries",
      style: pair.isClear ? "clear" : "open", spoken: pair.isClear ? "" : "no clear difference: ")
  }
}

extension PairedMetric {
  /// Over a column of differences: what, and in which unit.
  fileprivate var columnTitle: String {
    switch self {
    case .energyPerRequest: "J per request"
    case .energyPerCorrect: "J per right"
    case .attributedEnergyPerRequest: "attributed J per request"
    case .attributedEnergyPerCorrect: "attributed J per right"
    case .accuracyPoints: "right, points"
    case .goodputPerKilojoule: "goodput per kJ"
    case .endToEndLatency: "E2E mean, ms"
    case .endToEndMedian: "E2E p50, ms"
    case .endToEndTail: "E2E p99, ms"
    case .timeToFirstToken: "TTFT mean, ms"
    case .timeToFirstTokenMedian: "TTFT p50, ms"
    case .timeToFirstTokenTail: "TTFT p99, ms"
    case .timePerOutputTokenMedian: "TPOT p50, ms"
    case .timePerOutputTokenTail: "TPOT p99, ms"
    }
  }
}
