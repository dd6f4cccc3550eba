import Foundation
import Testing

/// `joulefleet reproduce` as its users run it.
struct ReproduceCommandTests {
  private static let paper =
    TinyScenario.text + """
      expectations:
        source: a paper that nobody wrote
        claims:
          - claim: two replicas answer some of it right
            type: trend
            quantity: accuracy
            of: {policy: direct}
            expect: {from: 0.2, to: 1}
            accept: {from: 0.2, to: 1}
          - claim: nothing is free
            type: identity
            quantity: energy_per_request_j
            of: {policy: direct}
            expect: 0
            accept: {absolute: 0.001}

      """

  @Test func `verdicts are told in words, in JSON and as a page`() throws {
    try withScratchFolder { folder in
      let papers = folder.appending(path: "papers")
      try FileManager.default.createDirectory(at: papers, withIntermediateDirectories: true)
      try Data(Self.paper.utf8).write(to: papers.appending(path: "tiny.yaml"))
      let outcome = try CommandLineTool.run(
        ["reproduce", "--papers", "papers", "--json", "out.json", "--markdown", "out.md"],
        in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      #expect(outcome.standardOutput.contains("PASS  tiny: two replicas"))
      #expect(outcome.standardOutput.contains("FAIL  tiny: nothing is free"))
      #expect(outcome.standardOutput.hasSuffix("1 pass, 1 fail\n"))
      let data = try Data(contentsOf: folder.appending(path: "out.json"))
      let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let rows = try #require(json["rows"] as? [[String: Any]])
      #expect(rows.map { $0["verdict"] as? String } == ["pass", "fail"])
      #expect(rows.map { $0["id"] as? String } == ["tiny", "tiny"])
      #expect(rows[0]["tolerance"] as? [Double] == [0.2, 1])
      #expect(rows[1]["expected"] as? Double == 0)
      let page = try String(contentsOf: folder.appending(path: "out.md"), encoding: .utf8)
      #expect(page.contains("| nothing is free | identity | 0 |"))
    }
  }

  @Test func `a name that is none is refused`() throws {
    let outcome = try CommandLineTool.run(["reproduce", "batchin"])
    #expect(outcome.exitCode == 2)
    #expect(outcome.standardError.contains("did you mean \"batching\"?"))
  }
}
