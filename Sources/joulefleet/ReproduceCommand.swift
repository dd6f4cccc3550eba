import ArgumentParser
import Foundation
import Reports
import Scenarios
import Studies

/// `joulefleet reproduce`: published findings beside what the simulator gives for them.
struct ReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Simulate what papers measured, and set their figures beside the simulated ones.",
    discussion: """
      Runs the scenarios of scenarios/papers and judges every claim that they hold: pass, fail, \
      explained (a miss with a known cause), input (the figure went into the model) or not-run. \
      docs/validation.md is written from it.

        joulefleet reproduce
        joulefleet reproduce wilhelm-ept-level jin-mv5 --json -
        joulefleet reproduce --markdown docs/validation.md
      """)

  @Argument(help: ArgumentHelp("Scenarios of the folder; all without one.", valueName: "name"))
  var names: [String] = []

  @Option(
    help: ArgumentHelp(
      "Folder of scenarios with expectations.",
      discussion: "Default: scenarios/papers beside the calibration folder.", valueName: "folder"))
  var papers: String?

  @Option(help: ArgumentHelp("Write the rows as JSON; - for standard output.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Write the page of verdicts.", valueName: "file"))
  var markdown: String?

  @Option(help: ArgumentHelp("Runs at once.", valueName: "count"))
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @OptionGroup var calibration: CalibrationArguments

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is at least 1, not \(threads)") }
  }

  mutating func run() async throws {
    for path in [json, markdown] {
      if let path, path != "-" { try ResultFile(path: path).check() }
    }
    let catalog = try Catalog.load(path: calibration.folder)
    let folder =
      papers.map { URL(filePath: $0) }
      ?? catalog.folder.deletingLastPathComponent().appending(path: "scenarios/papers")
    let scenarios = try PaperFolder(folder).scenarios(named: names, catalog: catalog)
    let progress = ProgressLine(expected: try Reproduction.expectedRequests(scenarios))
    defer { progress.clear() }
    let reproduction = try await Reproduction.run(
      scenarios, version: Joulefleet.version, threads: threads
    ) { progress.update($0) }
    progress.clear()
    try tell(ReproductionReport(reproduction))
  }

  private func tell(_ report: ReproductionReport) throws {
    if let markdown { try ResultFile(path: markdown).write(Data(report.markdown.utf8)) }
    guard json == "-" else {
      if let json { try ResultFile(path: json).write(report.encoded()) }
      return try StandardOutput.write(report.text)
    }
    try StandardOutput.write(report.encoded())
  }
}

/// A folder of scenarios with expectations.
private struct PaperFolder {
  let folder: URL

  init(_ folder: URL) { self.folder = folder }

  func scenarios(named names: [String], catalog: Catalog) throws -> [Scenario] {
    let known = try files()
    for name in names where !known.contains(name) {
      throw InputError(
        file: folder.relativePath, problem: "no scenario is called \"\(name)\"",
        expectation: "one of \(known.joined(separator: ", "))",
        suggestion: NearestName.to(name, among: known))
    }
    return try (names.isEmpty ? known : names).map { name in
      let path = folder.appending(path: "\(name).yaml").relativePath
      let scenario = try Scenario.load(path: path, catalog: catalog)
      guard scenario.expectations != nil else {
        throw InputError(file: path, problem: "missing key \"expectations\"")
      }
      return scenario
    }
  }

  private func files() throws -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw InputError(
        file: folder.relativePath, problem: "there is no such folder",
        expectation: "--papers with a folder of scenarios that hold expectations")
    }
    return names.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }
}
