import FleetEngine
import Foundation
import Studies
import Testing

@testable import Reports

struct ReportTableTests {
  private static func html(_ comparison: PolicyComparison, _ study: StudyResult) throws -> String {
    try HTMLReport(study, comparison: comparison, vegaBundle: "/* bundle */").text()
  }

  @Test(
    "both ends of a range have the decimals of the larger",
    arguments: [
      (3.27...10.7, false, "3.3 to 10.7"), (-12.51...27.6, true, "-12.5 to +27.6"),
      (-0.004...118, true, "0 to +118"), (0...0, true, "0 to 0"),
      (0.0123...0.05, false, "0.0123 to 0.0500"),
    ])
  func ranges(_ interval: ClosedRange<Double>, _ isSigned: Bool, _ text: String) {
    #expect(NumberText.range(interval, isSigned: isSigned) == text)
  }

  @Test func `negative numbers have a minus, and names keep their hyphens`() {
    #expect(HTMLText.escaped("always-7b: -12.5 to (-3) %") == "always-7b: −12.5 to (−3)&nbsp;%")
    #expect(HTMLText.verbatim("at: -3 % <x>") == "at: -3 % &lt;x&gt;")
  }

  @Test func `differences from the first policy are bold where they are clear`() throws {
    let study = smallStudy()
    let comparison = PolicyComparison(study)
    let text = ComparisonTables(study: study, comparison: comparison).differences(from: "small")
    #expect(
      text.contains(
        "<caption><span>More or less than small (95&nbsp;% intervals over questions)</span>"
      ))
    // The fixture's large model spends 400 J a request, its small one 100.
    let pair = try #require(
      comparison.paired.first { $0.a == "large" && $0.metric == .energyPerRequest })
    #expect(pair.isClear && abs(pair.estimate.value - 300) < 3)
    #expect(text.contains("<td class=\"clear\">+\(NumberText.figure(pair.estimate.value))<small>"))
    let accuracy = try #require(
      comparison.paired.first { $0.a == "large" && $0.metric == .accuracyPoints })
    #expect(!accuracy.isClear)
    #expect(text.contains("<span class=\"spoken\">no clear difference: </span>"))
  }

  @Test func `the intervals are said to be of every source that any difference has`() {
    var comparison = PolicyComparison(smallStudy())
    #expect(IntervalWords.text(comparison) == "95 % intervals over questions")
    let last = comparison.paired.count - 1
    let error = SourceError(standardError: 1, degreesOfFreedom: 9)
    comparison.paired[last].estimate = SourcedEstimate(
      value: 1, errors: [.replications: error, .calibration: error])
    #expect(
      IntervalWords.text(comparison)
        == "95 % intervals that span those over seeds, questions and calibration")
    comparison.paired = []
    #expect(IntervalWords.text(comparison) == "no intervals")
  }

  @Test func `wide tables say that they scroll, with and without charts`() throws {
    let study = smallStudy()
    for bundle in [nil, "/* bundle */"] {
      let html = try HTMLReport(
        study, comparison: PolicyComparison(study), vegaBundle: bundle
      ).text()
      #expect(html.components(separatedBy: TableScript.text).count == 2)
    }
  }

  @Test func `a row of each policy can be picked out with its marks`() throws {
    let study = smallStudy()
    let html = try Self.html(PolicyComparison(study), study)
    for name in ["small", "large", "vote"] {
      #expect(html.contains("data-policy=\"\(name)\""))
      #expect(html.contains("<tr data-row=\"\(name)\">"))
    }
    // Three colors and, for those who do not see them, three shapes.
    #expect(Set(Chart.policyLegend(study).map(\.color)).count == 3)
    #expect(Set(Chart.policyLegend(study).map(\.shape)).count == 3)
  }

  @Test func `what is saved has title, legend and colors of its own`() throws {
    let study = smallStudy()
    let chart = try #require(Chart.energyAgainstAccuracy(study, PolicyComparison(study)))
    let text = try chart.specification.inlineScriptText()
    #expect(text.contains("\"title\":\"Energy against accuracy\""))
    #expect(text.contains("\"background\":\"#ffffff\""))
    #expect(text.contains("\"orient\":\"bottom\""))
  }

  @Test func `the objective is drawn where it is near the latencies`() throws {
    let study = smallStudy()
    // The fixture asks for a first token within a second and nothing else.
    let first = try #require(Chart.timeToFirstToken(study))
    #expect(first.caption == "Dashed: the objective, 1000 ms.")
    let last = try #require(Chart.endToEnd(study))
    #expect(last.caption == "")
  }

  @Test func `few joules with few requests in time are told with both`() {
    var study = smallStudy()
    for index in study.runs.indices { study.runs[index].result.correctByTask = [] }
    study.runs[0].result.requests.metObjective = 2
    // Eleven ended, two of the thrifty policy's in time, ten of each other's.
    #expect(
      Headline.text(for: study).hasSuffix(
        "; it keeps the latency objective for 18.2 % of requests, large for 90.9 %."))
  }
}
