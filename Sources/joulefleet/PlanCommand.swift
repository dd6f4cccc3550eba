public import ArgumentParser
import Foundation
public import Planning
import Reports
import Scenarios

/// `joulefleet plan`: the least fleet that does what is asked.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Find the fleet of least energy, cost or carbon that meets a latency objective.",
    discussion: """
      Candidates (GPU, model, strategy, layout, cap) are screened by their operating curves, the \
      promising ones simulated, and the winner simulated again with seeds that the search has \
      not seen.

        joulefleet plan scenarios/plan-chat.yaml
        joulefleet plan scenarios/plan-chat.yaml --minimize cost --output out/cheapest
        joulefleet plan --quick \
      model=qwen2.5-7b,gpu=h100-sxm+l40s,rate=50,prompt=500,output=200,ttft-ms=500,tpot-ms=50

      --quick keys: \(PlanQuickLine.keyNames.joined(separator: ", ")); + stands between several \
      values. inventory=h100-sxm:8 is a node of eight that you own, h100-sxm:2x8 two of them. \
      Exit code 3: no candidate does what is asked. docs/plan.md says more.
      """)

  @Argument(help: ArgumentHelp("Plan file (YAML).", valueName: "plan"))
  var plan: String?

  @Option(
    help: ArgumentHelp("A whole plan in one line, in place of a file.", valueName: "key=value,…"))
  var quick: String?

  @Flag(help: "With --quick: print the plan file that the line stands for, and stop.")
  var printPlan = false

  @Option(
    help: ArgumentHelp(
      "What to make small, in place of the plan's own: "
        + PlanGoal.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "goal"))
  var minimize: PlanGoal?

  @Option(help: ArgumentHelp("Simulations that confirm the winner.", valueName: "count"))
  var replications: Int = 20

  @Option(
    help: ArgumentHelp(
      "Folder for report.html and summary.json.",
      discussion: "Default: out/<plan>. Earlier results there are replaced.", valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write the plan as JSON; - for standard output.",
      discussion: "Without --output no folder is written then.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Simulations at once.", valueName: "count"))
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @OptionGroup var calibration: CalibrationArguments

  func validate() throws {
    guard (quick == nil) != (plan == nil) else {
      throw ValidationError("give a plan file or --quick key=value,…, one of them")
    }
    guard quick != nil || !printPlan else {
      throw ValidationError("--print-plan goes with --quick")
    }
    for (name, value) in [("--output", output), ("--json", json)] {
      guard value != "" else { throw ValidationError("\(name) is empty") }
    }
    for (name, value) in [("--threads", threads), ("--replications", replications)] {
      guard value >= 1 else { throw ValidationError("\(name) is at least 1, not \(value)") }
    }
  }

  mutating func run() async throws {
    if let quick, printPlan {
      return try StandardOutput.write(try PlanQuickLine.text(of: quick))
    }
    let catalog = try Catalog.load(path: calibration.folder)
    let question = try question(catalog)
    if let json, json != "-" { try ResultFile(path: json).check() }
    let folder = folder(named: question.name)
    if let folder { try OutputFolder.check(folder) }
    let planner = Planner(
      question, catalog: catalog,
      settings: Planner.Settings(threadLimit: threads, replications: replications),
      version: Joulefleet.version)
    let line = StepLine()
    defer { line.clear() }
    let answer = try await planner.plan { line.show($0) }
    line.clear()
    if let folder { try await write(answer, to: folder) }
    try tell(answer, folder)
    if answer.chosen == nil { throw ExitCode(ExitReport.noAnswer) }
  }

  /// The folder to write, or nil where none is asked for.
  private func folder(named name: String) -> URL? {
    if let output { return URL(filePath: output) }
    return quick != nil || json != nil ? nil : URL(filePath: "out").appending(path: name)
  }

  private func write(_ answer: FleetPlan, to folder: URL) async throws {
    InterruptGuard.install()
    do {
      try await OutputFolder.write(to: folder) { try PlanPage(answer).write(to: $0) }
    } catch let error as CocoaError {
      throw WriteError(path: folder.relativePath, error)
    }
  }

  private func question(_ catalog: Catalog) throws -> PlanQuestion {
    if let plan {
      let text = try InputFile.text(at: plan)
      return try PlanReader(text: text, file: plan, catalog: catalog).read(goal: minimize)
    }
    do {
      let text = try PlanQuickLine.text(of: quick ?? "")
      return try PlanReader(text: text, file: "--quick", catalog: catalog).read(goal: minimize)
    } catch var error as InputError {
      // Lines are those of a text that nobody sees.
      (error.line, error.column) = (nil, nil)
      throw error
    }
  }

  private func tell(_ answer: FleetPlan, _ folder: URL?) throws {
    if let json {
      let data = try PlanSummary(answer).encoded()
      guard json != "-" else { return try StandardOutput.write(data) }
      try ResultFile(path: json).write(data)
    }
    var text = PlanText(answer).text
    if let folder { text += "\nResults: \(folder.relativePath)/report.html and summary.json\n" }
    try StandardOutput.write(text)
  }
}

extension PlanGoal: ExpressibleByArgument {}

/// What is being done, on one line of a terminal; nothing elsewhere.
private struct StepLine: Sendable {
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

  func show(_ step: String) {
    guard isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(step) …".utf8))
  }

  func clear() {
    guard isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}
