/// Charts that stand together under a heading.
struct ChartSection {
  /// Empty where there is no heading.
  var title = ""
  /// What its charts have in common.
  var note = ""
  var charts: [Chart]
  /// Whether three stand side by side where there is room.
  var isNarrow = false
}

/// The charts of a page: their figures and the scripts that draw them.
struct ChartFigures {
  /// Nothing is fetched from anywhere; Vega compiles its expressions.
  static let contentPolicy =
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    + "style-src 'unsafe-inline'; img-src data: blob:"

  let sections: [ChartSection]
  /// Nil where the script that draws them was not found: then the page says how to get it.
  let vegaBundle: String?

  init(_ sections: [ChartSection], vegaBundle: String?) {
    self.sections = sections.filter { !$0.charts.isEmpty }
    self.vegaBundle = vegaBundle
  }

  private var charts: [Chart] { sections.flatMap(\.charts) }

  var section: String {
    guard vegaBundle != nil else {
      return HTMLText.element(
        "p",
        "The charts are missing: the script that draws them was not found. "
          + VegaBundle.howToGet, attributes: "class=\"notice\"")
    }
    let blocks = sections.map { section in
      let isTitled = !section.title.isEmpty
      let figures = section.charts.map { chart in
        figure(chart, heading: isTitled ? "h3" : "h2", note: section.note)
      }
      let style = section.isNarrow && section.charts.count > 2 ? "charts narrow" : "charts"
      return (isTitled ? HTMLText.element("h2", section.title) + "\n" : "") + caption(section.note)
        + "<div class=\"\(style)\">\n\(figures.joined(separator: "\n"))\n</div>"
    }
    return policyBar + blocks.joined(separator: "\n")
  }

  private func caption(_ text: String) -> String {
    text.isEmpty ? "" : HTMLText.element("p", text, attributes: "class=\"caption\"") + "\n"
  }

  private func figure(_ chart: Chart, heading: String, note: String) -> String {
    """
    <figure\(chart.isWide ? " class=\"wide\"" : "") aria-labelledby="\(chart.id)-title">
    \(HTMLText.element(heading, chart.title, attributes: "id=\"\(chart.id)-title\""))
    \(caption(chart.caption))\(legend(chart))
    <div class="chart" id="\(chart.id)" role="img" aria-label="\(
      HTMLText.escaped([chart.title + ".", note, chart.caption].filter { !$0.isEmpty }
        .joined(separator: " ")))"></div>
    \(downloads(chart))
    </figure>
    """
  }

  /// One legend for all charts of policies, which stays in sight; each entry is a button that picks
  /// its policy out of all of them.
  private var policyBar: String {
    guard let legend = charts.first(where: \.picksPolicies)?.legend, legend.count > 1 else {
      return ""
    }
    let items = legend.map { entry in
      "<li><button type=\"button\" aria-pressed=\"false\" "
        + "data-policy=\"\(HTMLText.verbatim(entry.label))\">"
        + "\(swatch(entry))\(HTMLText.escaped(entry.label))</button></li>"
    }
    return "<nav class=\"policies\" aria-label=\"Pick a policy out of every chart\">"
      + "<ul class=\"legend\">\(items.joined())</ul></nav>\n"
  }

  /// Charts of policies have theirs on paper, where nothing stays in sight.
  private func legend(_ chart: Chart) -> String {
    guard !chart.legend.isEmpty else { return "" }
    let items = chart.legend.map { "<li>\(swatch($0))\(HTMLText.escaped($0.label))</li>" }
    let style = chart.picksPolicies && chart.legend.count > 1 ? "legend on-paper" : "legend"
    return "<ul class=\"\(style)\">\(items.joined())</ul>"
  }

  private func swatch(_ entry: Chart.LegendEntry) -> String {
    "<svg class=\"swatch\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\">"
      + "<path d=\"\(entry.shape.path)\" fill=\"\(entry.color)\"/></svg>"
  }

  private func downloads(_ chart: Chart) -> String {
    let kinds = [("svg", "SVG"), ("png", "PNG"), ("json", "specification")]
    let buttons = kinds.map { kind, name in
      "<button type=\"button\" data-chart=\"\(chart.id)\" data-save=\"\(kind)\" "
        + "aria-label=\"\(HTMLText.escaped("Save \(chart.title) as \(name)"))\">\(name)</button>"
    }
    return "<p class=\"downloads\">Save as \(buttons.joined(separator: " "))</p>"
  }

  func scripts() throws -> String {
    guard let vegaBundle else { return "" }
    let data = JSONValue.array(
      charts.map {
        [
          "id": .string($0.id), "picksPolicies": .bool($0.picksPolicies),
          "specification": $0.specification,
        ]
      })
    return """
      <script type="application/json" id="charts">\(try data.inlineScriptText())</script>
      <script>\(vegaBundle)</script>
      <script>\(ReportScript.text)</script>
      """
  }
}

/// What every page has around its content: one file, which fetches nothing.
struct HTMLPage {
  var title: String
  /// HTML of the header, the main part and the footer.
  var header: String
  var main: String
  var footer = ""
  var figures: ChartFigures

  func text() throws -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="\(ChartFigures.contentPolicy)">
    \(HTMLText.element("title", "\(title) · joulefleet"))
    <style>
    \(ReportStyle.text)
    </style>
    </head>
    <body>
    <header>
    \(header)
    </header>
    <main>
    \(main)
    </main>
    \(footer)
    <script>\(TableScript.text)</script>
    \(try figures.scripts())
    </body>
    </html>

    """
  }
}

/// A page of charts under a title.
struct ChartPage {
  let title: String
  let subtitle: String
  let charts: [Chart]
  let vegaBundle: String?
  /// What to know before believing the figures.
  var warnings: [String] = []
  /// HTML below the charts.
  var tables = ""

  /// In one file with everything in it; title and subtitle are escaped.
  func text() throws -> String {
    let figures = ChartFigures([ChartSection(charts: charts)], vegaBundle: vegaBundle)
    return try HTMLPage(
      title: title,
      header: """
        \(HTMLText.element("h1", title))
        \(HTMLText.element("p", subtitle, attributes: "class=\"caption\""))
        \(HTMLText.warnings(warnings))
        """,
      main: "\(figures.section)\n\(tables)", figures: figures
    ).text()
  }
}
