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
    let tables = ReportTables(study: study)
    let figures = ChartFigures(charts: charts, vegaBundle: vegaBundle)
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(ChartFigures.contentPolicy)">
      \(HTMLText.element("title", "\(study.context.scenarioName) · joulefleet"))
      <style>
      \(ReportStyle.text)
      </style>
      </head>
      <body>
      <header>
      \(HTMLText.element("h1", study.context.scenarioName))
      \(question)
      \(HTMLText.warnings(study.context.warnings))
      \(HTMLText.element(
        "p", Headline.text(for: study, comparison: comparison), attributes: "class=\"headline\""))
      \(verdict)
      </header>
      <main>
      \(figures.section)
      \(statements)
      <section>
      \(tableNote)
      \([tables.figures, tables.service, tables.accuracy, tables.latency, tables.energy,
          tables.arms, tables.fleet]
        .filter { !$0.isEmpty }.joined(separator: "\n"))
      \(scenario)
      </section>
      </main>
      \(footer)
      \(try figures.scripts())
      </body>
      </html>

      """
  }

  private var charts: [Chart] {
    [
      Chart.energyAgainstAccuracy(study, comparison), Chart.energySplit(study),
      Chart.energyByPool(study), Chart.operatingPoints(study), Chart.timeToFirstToken(study),
      Chart.timePerOutputToken(study), Chart.endToEnd(study), Chart.powerOverTime(study),
      Chart.queueOverTime(study),
    ].compactMap { $0 }
  }

  private var question: String {
    let text = study.context.question
    return text.isEmpty ? "" : HTMLText.element("p", text, attributes: "class=\"question\"")
  }

  private var statements: String {
    guard let comparison, let baseline = study.runs.first?.name else { return "" }
    var blocks = study.runs.dropFirst().compactMap { run -> String? in
      let pairs = PairedMetric.told.compactMap { metric in
        comparison.paired.first { $0.a == run.name && $0.b == baseline && $0.metric == metric }
      }
      guard !pairs.isEmpty else { return nil }
      return block("\(run.name) against \(baseline)", pairs.map(PairedSentence.text))
    }
    let levels = EqualAccuracySentence.lines(for: comparison.equalAccuracy)
    if !levels.isEmpty { blocks.append(block("Energy at equal accuracy", levels)) }
    let shares = EqualEnergySentence.lines(for: comparison.equalAccuracy)
    if !shares.isEmpty { blocks.append(block("Accuracy at equal energy", shares)) }
    guard !blocks.isEmpty else { return "" }
    let note = HTMLText.element(
      "p",
      "Policies are compared on the same queries. Energy is \(study.context.energyScope.words), "
        + "as in the table of policies; summary.json has more metrics and the interval of each "
        + "source of uncertainty.",
      attributes: "class=\"caption\"")
    return "<section>\n\(note)\n<div class=\"statements\">\n"
      + blocks.joined(separator: "\n") + "\n</div>\n</section>"
  }

  private var verdict: String {
    guard let comparison else { return "" }
    let lines = VerdictSentences.lines(comparison, in: study.context)
    return "<ul class=\"verdict\">\n"
      + lines.map { HTMLText.element("li", $0) }.joined(separator: "\n") + "\n</ul>"
  }

  /// Which of the seeds the tables show.
  private var tableNote: String {
    guard let comparison, comparison.replicationCount > 1 else { return "" }
    let text =
      "Tables, latencies and charts over time are of the first seed, \(study.context.seed); the "
      + "verdict, the differences and the marks of energy against accuracy are means over "
      + "\(comparison.replicationCount) seeds."
    return HTMLText.element("p", text, attributes: "class=\"caption\"")
  }

  /// As it was read, so that the report tells by itself what was asked.
  private var scenario: String {
    let text = study.context.scenarioText
    guard !text.isEmpty else { return "" }
    return "<details><summary>The scenario</summary>\n"
      + "<pre tabindex=\"0\"><code>\(HTMLText.escaped(text))</code></pre></details>"
  }

  private func block(_ title: String, _ lines: [String]) -> String {
    let items = lines.map { HTMLText.element("li", $0) }.joined(separator: "\n")
    return "<div>\n\(HTMLText.element("h2", title))\n<ul>\n\(items)\n</ul>\n</div>"
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
