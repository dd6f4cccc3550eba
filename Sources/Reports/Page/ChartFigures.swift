/// The charts of a page: their figures and the scripts that draw them.
struct ChartFigures {
  /// Nothing is fetched from anywhere; Vega compiles its expressions.
  static let contentPolicy =
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    + "style-src 'unsafe-inline'; img-src data: blob:"

  let charts: [Chart]
  /// Nil where the script that draws them was not found: then the page says how to get it.
  let vegaBundle: String?

  var section: String {
    guard vegaBundle != nil else {
      return HTMLText.element(
        "p",
        "The charts are missing: the script that draws them was not found. "
          + VegaBundle.howToGet, attributes: "class=\"notice\"")
    }
    let figures = charts.map { chart in
      """
      <figure\(chart.isWide ? " class=\"wide\"" : "") aria-labelledby="\(chart.id)-title">
      \(HTMLText.element("h2", chart.title, attributes: "id=\"\(chart.id)-title\""))
      \(HTMLText.element("p", chart.caption, attributes: "class=\"caption\""))
      \(legend(chart))
      <div class="chart" id="\(chart.id)" role="img" aria-label="\(
        HTMLText.escaped("\(chart.title). \(chart.caption)"))"></div>
      \(downloads(chart))
      </figure>
      """
    }
    return "<div class=\"charts\">\n\(figures.joined(separator: "\n"))\n</div>"
  }

  /// Where the entries are policies, each is a button that picks its policy out of all charts.
  private func legend(_ chart: Chart) -> String {
    let items = chart.legend.map { entry in
      let swatch = "<span style=\"background:\(entry.color)\"></span>"
      let label = HTMLText.escaped(entry.label)
      guard chart.picksPolicies else { return "<li>\(swatch)\(label)</li>" }
      return "<li><button type=\"button\" aria-pressed=\"false\" data-policy=\"\(label)\">"
        + "\(swatch)\(label)</button></li>"
    }
    return "<ul class=\"legend\">\(items.joined())</ul>"
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
    let figures = ChartFigures(charts: charts, vegaBundle: vegaBundle)
    return """
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
      \(HTMLText.element("h1", title))
      \(HTMLText.element("p", subtitle, attributes: "class=\"caption\""))
      \(HTMLText.warnings(warnings))
      </header>
      <main>
      \(figures.section)
      \(tables)
      </main>
      \(try figures.scripts())
      </body>
      </html>

      """
  }
}
