public import Foundation
public import Planning
internal import Scenarios

/// A plan as a page: the verdict first, then what it stands on.
public struct PlanPage: Sendable {
  private let plan: FleetPlan
  private let vegaBundle: String?
  private var words: PlanSentences { PlanSentences(plan) }

  /// Without a bundle the page says how to get the charts.
  public init(_ plan: FleetPlan, vegaBundle: String? = VegaBundle.find()) {
    self.plan = plan
    self.vegaBundle = vegaBundle
  }

  /// Writes `report.html`, `summary.json` and the plan's file as `scenario.yaml` into `folder`.
  public func write(to folder: URL) throws {
    try PlanSummary(plan).encoded().write(to: folder.appending(path: "summary.json"))
    try Data(text().utf8).write(to: folder.appending(path: "report.html"))
    try Data(plan.question.planText.utf8).write(to: folder.appending(path: "scenario.yaml"))
  }

  /// The page, in one file with everything in it; what comes from the plan's file is escaped.
  public func text() throws -> String {
    let figures = ChartFigures(sections, vegaBundle: vegaBundle)
    return try HTMLPage(
      title: "Plan: \(plan.question.name)",
      header: """
        \(HTMLText.element("h1", "Plan: \(plan.question.name)"))
        \(HTMLText.element("p", plan.question.question, attributes: "class=\"question\""))
        \(HTMLText.element("p", words.question, attributes: "class=\"question\""))
        \(HTMLText.warnings(plan.warnings))
        \(HTMLText.element("p", words.headline, attributes: "class=\"headline\""))
        \(facts)
        \(verdict)
        """,
      main: "\(tables)\n\(figures.section)\n\(commands)\n\(candidates)\n\(file)",
      footer: footer, figures: figures
    ).text()
  }

  private var sections: [ChartSection] {
    [
      ChartSection(charts: [Chart.triedFleets(plan)].compactMap(\.self)),
      ChartSection(
        title: "By hour of the day",
        charts: [Chart.headroom(plan), Chart.hourlyPower(plan), Chart.hourlyCarbon(plan)]
          .compactMap(\.self), isNarrow: true),
    ]
  }

  /// The figures that a budget asks for.
  private var facts: String {
    guard let chosen = plan.chosen else { return "" }
    let economics = chosen.economics
    var facts = [
      ("GPUs", NumberText.count(chosen.fleet.gpuCount)),
      ("J per output token", NumberText.figure(economics.joulesPerOutputToken)),
      ("kWh a month", NumberText.figure(economics.kilowattHoursPerMonth)),
      ("kW at the peak", NumberText.figure(economics.peakKilowatts)),
    ]
    if let money = economics.money {
      facts += [
        ("\(money.currency) a month", NumberText.fixed(money.total, decimals: 0)),
        (
          "\(money.currency) per million output tokens",
          NumberText.figure(economics.moneyPerMillionOutputTokens)
        ),
      ]
    }
    if let carbon = economics.carbonKilograms {
      facts.append(("kg CO2e a month", NumberText.figure(carbon)))
    }
    if let capacity = chosen.capacityFactor {
      facts.append(
        ("headroom at the peak", NumberText.percent(PlanFigure.headroom(capacity), decimals: 0)))
    }
    let items = facts.map { name, value in
      "<div>\(HTMLText.element("dt", name))\(HTMLText.element("dd", value))</div>"
    }
    return "<dl class=\"facts\">\(items.joined())</dl>"
  }

  private var verdict: String {
    guard let chosen = plan.chosen else { return "" }
    let lines = words.verdict(chosen) + words.inPlace(chosen)
    return "<ul class=\"verdict\">\n"
      + lines.map { HTMLText.element("li", $0) }.joined(separator: "\n") + "\n</ul>"
  }

  private var tables: String {
    guard let chosen = plan.chosen else { return "" }
    let tables = PlanTables(plan: plan)
    return "<section><div class=\"tables\">\n\(tables.binding(chosen))\n"
      + "\(tables.figures(chosen))\n</div></section>"
  }

  /// Each pool's command, to copy.
  private var commands: String {
    guard let chosen = plan.chosen else { return "" }
    let pools = zip(chosen.fleet.family.pools, chosen.serveCommands).enumerated()
    let blocks = pools.map { index, entry -> String in
      let (pool, command) = entry
      let cap = pool.capWatts.map { "nvidia-smi --power-limit \(NumberText.figure($0))\n" } ?? ""
      let title =
        "\(PlanFamily.poolName(index)): each of \(chosen.fleet.replicas[index]) replicas of "
        + "\(pool.model) on \(pool.gpu)"
      let code = "<code>\(HTMLText.verbatim(cap + command))</code>"
      return """
        \(HTMLText.element("h3", title))
        <pre tabindex="0" class="wrapped" id="serve-\(index)">\(code)</pre>
        <p><button type="button" class="copy" data-copy="serve-\(index)"
        aria-label="Copy the command of \(PlanFamily.poolName(index))">Copy</button></p>
        """
    }
    return "<section>\n\(HTMLText.element("h2", "Started as"))\n"
      + blocks.joined(separator: "\n") + "\n</section>"
  }

  private var candidates: String { "<section>\n\(PlanTables(plan: plan).candidates)\n</section>" }

  private var file: String {
    let text = HTMLText.verbatim(plan.question.planText)
    return "<details><summary>The plan's file</summary>\n"
      + "<pre tabindex=\"0\"><code>\(text)</code></pre></details>"
  }

  private var footer: String {
    let first =
      "joulefleet \(HTMLText.escaped(plan.version)) · seed \(plan.question.seed) · month of 730 h"
    let sources = words.sources.flatMap { [$0.title] + $0.lines }.map(HTMLText.escaped)
    let hash = "calibration SHA-256 <code>\(HTMLText.escaped(plan.calibrationSHA256))</code>"
    return "<footer>\n\(([first] + sources + [hash]).joined(separator: "<br>\n"))\n</footer>"
  }
}
