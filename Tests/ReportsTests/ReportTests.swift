import FleetEngine
import Foundation
import Quantities
import Scenarios
import Studies
import Testing

@testable import Reports

@Suite struct ReportTests {
  private static let evil = "</script><img src=x onerror=\"alert('&')\">"

  private func report(_ study: StudyResult, bundle: String? = "/* bundle */") throws -> String {
    try HTMLReport(study, comparison: PolicyComparison(study), vegaBundle: bundle).text()
  }

  @Test func `what comes from the scenario is escaped wherever it stands`() throws {
    var study = smallStudy(context(Self.evil, warnings: [Self.evil]))
    study.context.question = Self.evil
    study.context.version = Self.evil
    study.context.taskNames = [Self.evil, "math"]
    study.runs[0].name = Self.evil
    study.runs[0].fleet.arms[0].name = Self.evil
    study.context.familiesByPolicy = [Self.evil: [Self.evil], "vote": ["voting"]]
    let html = try report(study)
    #expect(!html.contains("<img"))
    #expect(!html.contains("onerror=\""))
    #expect(html.components(separatedBy: "</script>").count == 5)
    #expect(html.contains("&lt;/script&gt;&lt;img src=x"))
    #expect(html.contains("\\u003c/script\\u003e\\u003cimg"))
  }

  @Test func `money and carbon say what they are counted by`() throws {
    var study = smallStudy()
    study.context.prices = PriceList(currency: "EUR", electricityPerKilowattHour: 0, gpuHour: 18)
    study.context.grid = GridSpecification(carbonGramsPerKilowattHour: 369, source: "Ember & co")
    let html = try report(study)
    #expect(html.contains(">cost, EUR</th>") && html.contains(">rejected</th>"))
    #expect(html.contains("carbon at 369 g CO2e per kWh of the facility (Ember &amp; co)"))
  }

  @Test func `nothing is loaded from elsewhere`() throws {
    let html = try report(smallStudy())
    #expect(!html.contains("src=") && !html.contains("href=") && !html.contains("url("))
    #expect(html.contains("default-src 'none'"))
  }

  @Test func `without the bundle there are tables and advice, and no script of charts`() throws {
    let html = try report(smallStudy(), bundle: nil)
    #expect(html.contains("scripts/fetch-vega.sh"))
    #expect(html.contains("<table>"))
    #expect(html.components(separatedBy: "<script").count == 2)
    #expect(!html.contains("id=\"charts\""))
  }

  @Test func `warnings stand before the charts, charts have words`() throws {
    let html = try report(smallStudy(context(warnings: ["Only a guess."])))
    let warning = try #require(html.range(of: "Only a guess."))
    let chart = try #require(html.range(of: "<figure"))
    #expect(warning.lowerBound < chart.lowerBound)
    #expect(
      html.components(separatedBy: "role=\"img\" aria-label=\"").count
        == html.components(separatedBy: "<figure").count)
  }

  @Test func `chart data are bounded however long the run`() throws {
    var study = smallStudy()
    for index in study.runs.indices {
      for second in 0..<20_000 as Range<UInt64> {
        var stretch = interval(pools: 1)
        stretch.start = .init(rounding: Double(second))
        study.runs[index].power.update(second) { $0.add(stretch) }
      }
    }
    #expect(try report(study).utf8.count < 400_000)
  }

  @Test func `a study in which nothing is judged has no accuracy chart`() throws {
    var study = smallStudy()
    for index in study.runs.indices { study.runs[index].result.correctByTask = [] }
    let html = try report(study)
    #expect(!html.contains("id=\"energy-accuracy\""))
    #expect(html.contains("id=\"power\""))
  }

  @Test func `line separators cannot end a script's string`() throws {
    let text = try JSONValue.string("a\u{2028}b\u{2029}<&>").inlineScriptText()
    #expect(text == "\"a\\u2028b\\u2029\\u003c\\u0026\\u003e\"")
    #expect(try JSONDecoder().decode(String.self, from: Data(text.utf8)) == "a\u{2028}b\u{2029}<&>")
  }

  @Test func `both files of a study are the same bytes every time`() async throws {
    try await withTemporaryFolder { folder in
      var contents: [[Data]] = []
      for _ in 0..<2 {
        let study = smallStudy()
        try ResultFiles.write(
          study, comparison: PolicyComparison(study), to: folder, vegaBundle: "bundle")
        contents.append(
          try ["summary.json", "report.html"].map {
            try Data(contentsOf: folder.appending(path: $0))
          })
      }
      #expect(contents[0] == contents[1])
    }
  }

  @Test func `the bundle is looked for where the environment says first`() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "bundle.js")
      try Data("charts()".utf8).write(to: file)
      #expect(VegaBundle.find(environment: ["JOULEFLEET_VEGA": file.path]) == "charts()")
      let home = VegaBundle.candidates(environment: ["HOME": "/home/x"]).last
      #expect(home?.path == "/home/x/.local/share/joulefleet/vega-bundle.js")
    }
  }
}
