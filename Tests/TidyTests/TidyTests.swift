import Foundation
import TestSupport
import Testing

/// What the sources keep to, checked where a reader would have to.
struct TidyTests {
  private static let lowerModules = [
    "Quantities", "NumericalMethods", "Workloads", "DeviceModels", "AnswerModels", "FleetEngine",
    "Policies",
  ]

  private static func sources(_ folder: String) throws -> [(path: String, lines: [String])] {
    let root = SharedData.packageRoot.appending(path: folder)
    return try FileManager.default.subpathsOfDirectory(atPath: root.path)
      .filter { $0.hasSuffix(".swift") }.sorted().map { path in
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        return ("\(folder)/\(path)", text.components(separatedBy: "\n"))
      }
  }

  @Test func `lines of the program have at most 100 columns, files at most 400 lines`() throws {
    for source in try Self.sources("Sources") + Self.sources("Tests") {
      #expect(source.lines.count <= 400, "\(source.path)")
      // Tests hold tables as the program prints them, which are as wide as they are.
      guard source.path.hasPrefix("Sources") else { continue }
      for (index, line) in source.lines.enumerated() {
        #expect(line.count <= 100, "\(source.path):\(index + 1)")
      }
    }
  }

  @Test("modules below Scenarios import no Foundation", arguments: lowerModules)
  func noFoundation(_ module: String) throws {
    let sources = try Self.sources("Sources/\(module)")
    #expect(!sources.isEmpty)
    for source in sources {
      #expect(!source.lines.contains { $0.contains("import Foundation") }, "\(source.path)")
    }
  }

  @Test func `only NumericalMethods sees C`() throws {
    for source in try Self.sources("Sources")
    where !source.path.hasPrefix("Sources/NumericalMethods/") {
      #expect(!source.lines.contains { $0.contains("import CGSL") }, "\(source.path)")
    }
  }

  @Test func `policies cannot name what holds the truth`() throws {
    for source in try Self.sources("Sources/Policies") {
      for module in ["Workloads", "AnswerModels"] {
        #expect(!source.lines.contains { $0.contains("import \(module)") }, "\(source.path)")
      }
    }
  }

  @Test func `sources hold no marks of unfinished work`() throws {
    let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "not " + "implemented"]
    for source in try Self.sources("Sources") + Self.sources("Tests") {
      for mark in marks {
        #expect(!source.lines.contains { $0.contains(mark) }, "\(mark) in \(source.path)")
      }
    }
  }

  @Test func `the commands of the README are made by the Makefile`() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: SharedData.packageRoot.appending(path: path), encoding: .utf8)
    }
    let readme = try text("README.md")
    let makefile = try text("Makefile")
    for target in ["demo", "test"] {
      #expect(readme.contains("make \(target)"))
      #expect(makefile.contains("\n\(target):"))
    }
    #expect(try text(".ci/run").contains("make test"))
  }

  @Test func `links between the documents lead somewhere`() throws {
    let link = /\]\((?<target>[^)#:\s]+)(#[^)]*)?\)/
    let documents =
      try ["README.md"]
      + FileManager.default.contentsOfDirectory(
        atPath: SharedData.packageRoot.appending(path: "docs").path
      ).filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    for document in documents {
      let url = SharedData.packageRoot.appending(path: document)
      for match in try String(contentsOf: url, encoding: .utf8).matches(of: link) {
        let target = url.deletingLastPathComponent().appending(path: String(match.output.target))
        #expect(
          FileManager.default.fileExists(atPath: target.path),
          "\(document) links to \(match.output.target)")
      }
    }
  }
}
