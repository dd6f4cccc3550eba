internal import FleetEngine
internal import NumericalMethods
internal import Quantities
internal import Scenarios
public import Studies

/// The summary of a study as plain text for a terminal; no colors, no control characters.
public struct TerminalSummary: Sendable {
  private let study: StudyResult
  private let comparison: PolicyComparison?

  public init(_ study: StudyResult, comparison: PolicyComparison?) {
    self.study = study
    self.comparison = comparison
  }

  /// The whole text; ends with a line break.
  public var text: String {
    var blocks = [
      heading, TextTable(rows: tableRows).lines(),
      [Headline.text(for: study, comparison: comparison), DeploymentSentence.text(for: study)]
        .compactMap(\.self),
    ]
    if let comparison { blocks.append(contentsOf: comparisonBlocks(comparison)) }
    return blocks.filter { !$0.isEmpty }
      .map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private var heading: [String] {
    let context = study.context
    var lines = context.warnings.map { "warning: \($0)" }
    if !context.question.isEmpty { lines.append(context.question) }
    lines.append(
      "\(context.scenarioName), seed \(context.seed). "
        + "J/request, J/token and J/right: \(context.energyScope.words)."
        + (isJudged ? " ± run: half the 95 % interval that the queries of one run leave." : ""))
    if let count = comparison?.replicationCount, count > 1 {
      lines.append(
        "This table is of that seed, the first of \(count); what follows it is of all \(count).")
    }
    return lines + context.operatingPoints.map { "\($0)." }
  }

  /// Whether anybody can say what is right.
  private var isJudged: Bool {
    study.runs.contains { PolicyFigures($0, in: study.context).accuracy != nil }
  }

  private var tableRows: [[String]] {
    let names =
      ["", "done"] + fates.map(\.heading.name) + [
        "J/request", "J/token", "J/right", "right", "± run", "TTFT p50", "p99", "TPOT p50",
        "p99", "E2E p99", "SLO", "power",
      ] + (prices == nil ? [] : ["cost"])
    let units =
      ["policy", "requests"] + fates.map(\.heading.unit) + [
        "J", "J", "J", "%", "95 %", "ms", "ms", "ms", "ms", "s", "%", "W",
      ] + (prices.map { [$0.currency] } ?? [])
    return [names, units] + study.runs.map(row)
  }

  private func row(_ run: PolicyRun) -> [String] {
    let figures = PolicyFigures(run, in: study.context)
    let latency = run.result.latency
    func milliseconds(_ sketch: QuantileSketch, _ fraction: Double) -> String {
      NumberText.figure(sketch.quantile(fraction).map { $0 / 1e6 })
    }
    let counts =
      [NumberText.count(run.result.requests.completed)]
      + fates.map { $0.text(run, in: study.context) }
    return [run.name] + counts + [
      NumberText.figure(figures.energyPerRequest), NumberText.figure(figures.energyPerOutputToken),
      NumberText.figure(figures.energyPerCorrect), percent(figures.accuracy?.mean),
      percent(figures.accuracy.map { ($0.interval().upperBound - $0.interval().lowerBound) / 2 }),
      milliseconds(latency.timeToFirstToken, 0.5), milliseconds(latency.timeToFirstToken, 0.99),
      milliseconds(latency.timePerOutputToken, 0.5),
      milliseconds(latency.timePerOutputToken, 0.99),
      NumberText.figure(latency.endToEnd.quantile(0.99).map { $0 / 1e9 }),
      percent(figures.sloAttainment), NumberText.figure(figures.meanPower),
    ] + (prices == nil ? [] : [NumberText.figure(figures.cost)])
  }

  private var prices: PriceList? { study.context.prices }

  private var fates: [FateColumn] { FateColumn.needed(by: study) }

  private func percent(_ share: Double?) -> String {
    share.map { NumberText.fixed(100 * $0, decimals: 1) } ?? NumberText.none
  }

  private func comparisonBlocks(_ comparison: PolicyComparison) -> [[String]] {
    var blocks = [VerdictSentences.lines(comparison, in: study.context)]
    if comparison.replicationCount > 1 { blocks.append(MeansTable(comparison).lines) }
    blocks += statements(comparison)
    if !comparison.paretoFront.isEmpty {
      blocks.append([
        "Not beaten in both energy per request (\(study.context.energyScope.words)) and accuracy: "
          + comparison.paretoFront.joined(separator: ", ") + "."
      ])
    }
    let levels =
      EqualAccuracySentence.lines(for: comparison.equalAccuracy)
      + EqualEnergySentence.lines(for: comparison.equalAccuracy)
    if !levels.isEmpty { blocks.append(levels) }
    return blocks
  }

  /// Every policy against the first: all metrics of few policies, the two that matter most of
  /// many.
  private func statements(_ comparison: PolicyComparison) -> [[String]] {
    guard let baseline = study.runs.first?.name else { return [] }
    let blocks = study.runs.dropFirst().compactMap { run -> [String]? in
      let pairs = PairedMetric.told.compactMap { metric in
        comparison.paired.first { $0.a == run.name && $0.b == baseline && $0.metric == metric }
      }
      guard !pairs.isEmpty else { return nil }
      return [run.name] + pairs.map { "  " + PairedSentence.text(for: $0) }
    }
    guard !blocks.isEmpty else { return [] }
    let heading =
      "Against \(baseline), on the same queries (\(study.context.energyScope.words); "
      + "\(IntervalWords.text(comparison))):"
    guard study.runs.count > Self.fewPolicies else { return [[heading]] + blocks }
    return [[heading]] + blocks.map { Array($0.prefix(3)) }
  }

  private static let fewPolicies = 4
}
