public import Foundation
public import Studies

/// The files of a finished study.
public enum ResultFiles {
  /// Writes `summary.json`, `report.html` and a copy of the scenario into `folder`.
  ///
  /// The same study gives the same bytes: what timing there is stays out.
  public static func write(
    _ study: StudyResult, comparison: PolicyComparison?, to folder: URL,
    vegaBundle: String? = VegaBundle.find()
  ) throws {
    let summary = StudySummary(study, comparison: comparison, withTiming: false)
    try summary.encoded().write(to: folder.appending(path: "summary.json"))
    let report = HTMLReport(study, comparison: comparison, vegaBundle: vegaBundle)
    try Data(report.text().utf8).write(to: folder.appending(path: "report.html"))
    guard !study.context.scenarioText.isEmpty else { return }
    try Data(study.context.scenarioText.utf8).write(to: folder.appending(path: "scenario.yaml"))
  }
}
