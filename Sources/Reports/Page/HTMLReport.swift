internal import Scenarios
public import Studies

/// `report.html`: one file with everything in it, to be opened without a network.
public struct HTMLReport: Sendable {
  private let study: StudyResult
  private let comparison: PolicyComparison?
  private let vegaBundle: String?

  /// Without a bundle the report has its tables and says how to get the charts.
  public init(
    _ study: StudyResult, comparison: PolicyComparison?, vegaBundle: String?
  ) {
    self.study = study
    self.comparison = comparison
    self.vegaBundle = vegaBundle
  }

  /// The page. Everything that comes from the scenario is escaped.
  public func text() throws -> String {
    let figures = ChartFigures(sections, vegaBundle: vegaBundle)
    return try HTMLPage(
      title: study.context.scenarioName,
      header: """
        \(HTMLText.element("h1", study.context.scenarioName))
        \(question)
        \(HTMLText.warnings(study.context.warnings))
        \(HTMLText.element(
          "p", Headline.text(for: study, comparison: comparison),
          attributes: "class=\"headline\""))
        \(verdict)
        """,
      main: """
        \(overview)
        \(figures.section)
        \(differences)
        \(details)
        """,
      footer: footer, figures: figures
    ).text()
  }

  private var sections: [ChartSection] {
    func kept(_ charts: Chart?...) -> [Chart] { charts.compactMap(\.self) }
    let accuracy = Chart.energyAgainstAccuracy(study, comparison)
    return [
      ChartSection(
        title: accuracy == nil ? "Energy" : "Energy and accuracy",
        charts: kept(
          accuracy, Chart.operatingPoints(study),
          Chart.energySplit(study), Chart.energyByPool(study))),
      ChartSection(
        title: "Latency", note: Chart.latencyNote,
        charts: kept(
          Chart.timeToFirstToken(study), Chart.timePerOutputToken(study), Chart.endToEnd(study)),
        isNarrow: true),
      ChartSection(
        title: "Over time",
        charts: kept(Chart.powerOverTime(study), Chart.queueOverTime(study))),
    ]
  }

  /// What a reader looks for first: every policy in a line.
  private var overview: String {
    let tables = ReportTables(study: study)
    guard let comparison, comparison.replicationCount > 1 else {
      return "<section>\n\(tables.figures)\n</section>"
    }
    return
      "<section>\n\(ComparisonTables(study: study, comparison: comparison).overview)\n</section>"
  }

  /// The tables of one seed, and the scenario.
  private var details: String {
    let tables = ReportTables(study: study)
    let isMean = comparison.map { $0.replicationCount > 1 } ?? false
    let all =
      (isMean ? [tables.figures] : [])
      + [tables.service, tables.accuracy] + tables.latencies
      + [tables.energy, tables.arms, tables.fleet]
    // Those of many policies would bury what stands below them.
    let isOpen = study.runs.count <= Self.manyPolicies
    return """
      <section>
      <details class="section"\(isOpen ? " open" : "")>
      <summary>\(HTMLText.element("h2", "In detail"))</summary>
      \(tableNote)
      <div class="tables">
      \(all.filter { !$0.isEmpty }.joined(separator: "\n"))
      </div>
      </details>
      \(scenario)
      </section>
      """
  }

  private static let manyPolicies = 12

  private var question: String {
    let text = study.context.question
    return text.isEmpty ? "" : HTMLText.element("p", text, attributes: "class=\"question\"")
  }

  private var differences: String {
    guard let comparison, let baseline = study.runs.first?.name else { return "" }
    let tables = ComparisonTables(study: study, comparison: comparison)
    let blocks = [
      tables.differences(from: baseline), tables.mixes,
      list("Energy at equal accuracy", EqualAccuracySentence.lines(for: comparison.equalAccuracy)),
      list("Accuracy at equal energy", EqualEnergySentence.lines(for: comparison.equalAccuracy)),
    ].filter { !$0.isEmpty }
    guard !blocks.isEmpty else { return "" }
    return "<section>\n\(HTMLText.element("h2", "On the same queries"))\n"
      + "\(tables.note)\n\(blocks.joined(separator: "\n"))\n</section>"
  }

  private var verdict: String {
    let deployed = [DeploymentSentence.text(for: study)].compactMap(\.self)
    guard let comparison else { return items(deployed, style: "verdict") }
    let leaders = VerdictSentences.leaders(comparison, in: study.context)
    let mixes = VerdictSentences.mixes(comparison)
    // Those of many policies stand in a table further down.
    let told = leaders + deployed + (mixes.count <= ComparisonTables.fewVerdicts ? mixes : [])
    let grounds = VerdictSentences.grounds(comparison, in: study.context)
    guard !grounds.isEmpty else { return items(told, style: "verdict") }
    return items(told, style: "verdict")
      + "\n<details class=\"verdict\"><summary>What this stands on</summary>\n"
      + items(grounds) + "\n</details>"
  }

  /// Which of the seeds the tables show.
  private var tableNote: String {
    guard let comparison, comparison.replicationCount > 1 else { return "" }
    let text =
      "Tables from here on, latencies and charts over time are of the first seed, "
      + "\(study.context.seed); what stands above, and the marks of energy against accuracy, are "
      + "means over \(comparison.replicationCount) seeds."
    return HTMLText.element("p", text, attributes: "class=\"caption\"")
  }

  /// As it was read, so that the report tells by itself what was asked.
  private var scenario: String {
    let text = study.context.scenarioText
    guard !text.isEmpty else { return "" }
    return "<details><summary>The scenario</summary>\n"
      + "<pre tabindex=\"0\"><code>\(HTMLText.verbatim(text))</code></pre></details>"
  }

  private func list(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : HTMLText.element("h3", title) + "\n" + items(lines)
  }

  private func items(_ lines: [String], style: String = "") -> String {
    guard !lines.isEmpty else { return "" }
    let items = lines.map { HTMLText.element("li", $0) }.joined(separator: "\n")
    return "<ul\(style.isEmpty ? "" : " class=\"\(style)\"")>\n\(items)\n</ul>"
  }

  private var footer: String {
    let context = study.context
    let facts = [
      ("scenario", context.scenarioSHA256), ("calibration", context.calibrationSHA256),
    ].map { "\($0.0) SHA-256 <code>\(HTMLText.escaped($0.1))</code>" }
    let first = "joulefleet \(HTMLText.escaped(context.version)) · seed \(context.seed)"
    let grid = context.grid.map { grid in
      HTMLText.escaped(
        "carbon at \(NumberText.figure(grid.carbonGramsPerKilowattHour)) g CO2e per kWh of the "
          + "facility (\(grid.source))")
    }
    let engine = context.engineArguments.map {
      "engine arguments <code>\(HTMLText.escaped($0))</code>"
    }
    let points = context.operatingPoints.map(HTMLText.escaped)
    let lines = [first] + engine + points + facts + [grid].compactMap(\.self)
    return "<footer>\n\(lines.joined(separator: "<br>\n"))\n</footer>"
  }
}
