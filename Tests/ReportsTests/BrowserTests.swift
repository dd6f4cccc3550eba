import FleetEngine
import Foundation
import Studies
import Testing

@testable import Reports

/// A browser without a window, where one is installed.
private enum Chromium {
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
  static let bundle = VegaBundle.find()

  /// The page after its scripts have run, and what was written to its console.
  static func load(_ page: URL, width: Int, in folder: URL) throws -> (dom: String, log: String) {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path))
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--user-data-dir=\(folder.appending(path: "profile").path)",
      "--enable-logging=stderr", "--window-size=\(width),2000", "--virtual-time-budget=10000",
      "--dump-dom", page.absoluteString,
    ]
    let files = try ["dom", "log"].map { name in
      let file = folder.appending(path: name)
      try Data().write(to: file)
      return (file, try FileHandle(forWritingTo: file))
    }
    process.standardOutput = files[0].1
    process.standardError = files[1].1
    try process.run()
    process.waitUntilExit()
    // The page's own scripts hold the same words.
    let texts = try files.map { String(decoding: try Data(contentsOf: $0.0), as: UTF8.self) }
    let shown = texts[0].components(separatedBy: "<script").map { part in
      part.components(separatedBy: "</script>").last ?? ""
    }
    return (shown.joined(), texts[1])
  }
}

@Suite(
  .serialized,
  .enabled(
    if: Chromium.path != nil && Chromium.bundle != nil,
    "no headless browser, or no chart library (scripts/fetch-vega.sh)"))
struct BrowserTests {
  @Test(arguments: [400, 1600])
  func `every chart is drawn, without a word on the console`(width: Int) async throws {
    try await withTemporaryFolder { folder in
      var study = smallStudy()
      study.runs[0].fleet.pools.append(pool("second"))
      study.runs[0].result.energy.gpuByPool.append(study.runs[0].result.energy.idle)
      let html = try HTMLReport(
        study, comparison: PolicyComparison(study), vegaBundle: Chromium.bundle
      ).text()
      try check(html, width: width, in: folder)
    }
  }

  @Test(arguments: [400, 1600])
  func `the page of a plan is drawn likewise`(width: Int) async throws {
    let plan = try await PlanFixture.plan()
    try await withTemporaryFolder { folder in
      let html = try PlanPage(plan, vegaBundle: Chromium.bundle).text()
      try check(html, width: width, in: folder)
    }
  }

  private func check(_ html: String, width: Int, in folder: URL) throws {
    let page = folder.appending(path: "report.html")
    try Data(html.utf8).write(to: page)
    let (dom, log) = try Chromium.load(page, width: width, in: folder)
    let charts = html.components(separatedBy: "<figure").count - 1
    #expect(charts >= 4)
    let drawn = dom.components(separatedBy: "class=\"marks\"").count - 1
    #expect(drawn == charts)
    let isDrawn = !dom.contains("Chart not drawn")
    #expect(isDrawn)
    let console = log.split(separator: "\n").filter { $0.contains("CONSOLE") }
    #expect(console == [])
  }
}
