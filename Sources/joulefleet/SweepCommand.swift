import ArgumentParser
import Foundation
import Reports
import Scenarios
import Studies
import Sweeps

/// `joulefleet sweep`: a scenario at many points.
struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Simulate a scenario at many points and keep every result in one SQLite file.",
    discussion: """
      Any key of the scenario can be varied; elements of lists go by name or position. Stopped in \
      whatever way, the same command goes on where it was.

        joulefleet sweep scenarios/quickstart.yaml --vary workload.arrivals.rate=2..16/2 \
      --vary fleet.pools.small.replicas=1,2,4
        joulefleet sweep scenarios/quickstart.yaml --vary workload.arrivals.rate=1..20 \
      --vary fleet.pools.small.cap_w=350..700 --latin-hypercube 50 --replications 3

      Values: a,b,c (any YAML), 1..8 (by one), 1..8/2 (by two), 0.5..2:4 (four, evenly), \
      1..64:4:log. docs/sweep.md says more.
      """)

  @OptionGroup var input: ScenarioArguments

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A key and its values (may be repeated: every combination).", valueName: "key=values"))
  var vary: [String] = []

  @Option(
    help: ArgumentHelp(
      "So many points spread over the ranges, in place of every combination.",
      valueName: "points"))
  var latinHypercube: Int?

  @Option(help: ArgumentHelp("Runs of each point, with different seeds.", valueName: "count"))
  var replications: Int = 1

  @Option(
    name: .customLong("policy"),
    help: ArgumentHelp("Only this policy (may be repeated).", valueName: "name"))
  var policies: [String] = []

  @Option(
    help: ArgumentHelp(
      "SQLite file of the results.", discussion: "Default: out/<scenario>-sweep.sqlite.",
      valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Simulations at once.", valueName: "count"))
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: ArgumentHelp("Where to simulate: local, or slurm (a job array).", valueName: "place"))
  var on: SweepPlace = .local

  @Option(
    name: .customLong("slurm-option"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "With --on slurm: an option of sbatch, as --slurm-option=--qos=short (may be repeated).",
      valueName: "option"))
  var slurmOptions: [String] = []

  @Option(help: ArgumentHelp("With --on slurm: tasks of a job array, at most.", valueName: "count"))
  var tasks: Int = 1000

  @Option(
    help: ArgumentHelp(
      "With --on slurm: how often what failed is submitted again.", valueName: "count"))
  var retries: Int = 3

  @Flag(help: "Say how many points there are, check them, and stop.")
  var dryRun = false

  func validate() throws {
    guard input.scenario != nil else { throw ValidationError("give a scenario file") }
    guard !vary.isEmpty else { throw ValidationError("give at least one --vary key=values") }
    guard output != "" else { throw ValidationError("--output is empty") }
    for (name, value) in [
      ("--threads", threads), ("--replications", replications), ("--tasks", tasks),
    ] {
      guard value >= 1 else { throw ValidationError("\(name) is at least 1, not \(value)") }
    }
    guard latinHypercube.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--latin-hypercube is at least 1")
    }
  }

  mutating func run() async throws {
    let (identity, catalog) = try prepare()
    let design = try identity.design()
    let points = try design.points()
    let runner = SweepRunner(identity: identity, catalog: catalog)
    let path = output ?? "out/\(identity.scenarioName)-sweep.sqlite"
    if !FileManager.default.fileExists(atPath: path) { try runner.check(points) }
    let total =
      "\(points.count) points × \(replications) replications × \(identity.policies.count) policies"
    guard !dryRun else { return try StandardOutput.write("\(total)\n") }
    if on == .slurm { try SlurmSweep.check() }
    try makeFolder(of: path)
    let store = try SweepStore.open(path: path, identity: identity)
    try await execute(runner, store, total: total)
    try store.close()
  }

  private func prepare() throws -> (SweepIdentity, Catalog) {
    guard let path = input.scenario else { preconditionFailure("no scenario was asked for") }
    let catalog = try Catalog.load(path: input.calibration.folder)
    let scenario = try input.load()
    let design = SweepDesign(
      axes: try vary.map { try SweepAxisReader.read($0) },
      sampling: latinHypercube.map { .latinHypercube(points: $0) } ?? .grid,
      replications: replications, baseSeed: scenario.seed)
    let names = try scenario.policyIndices(named: policies).map { scenario.policies[$0].name }
    let identity = SweepIdentity(
      scenarioName: scenario.name, scenarioPath: path, scenarioText: try InputFile.text(at: path),
      calibrationSHA256: scenario.calibrationSHA256, version: Joulefleet.version, design: design,
      policies: names, tracePath: input.trace, engineArguments: input.engineArguments)
    return (identity, catalog)
  }

  /// Tasks run this very program on the calibration of this process, wherever they start.
  private var slurm: SlurmSweep.Settings {
    get throws {
      let program = Bundle.main.executableURL?.path ?? CommandLine.arguments[0]
      let folder = try CalibrationFolder.find(path: input.calibration.folder)
      let here = FileManager.default.currentDirectoryPath
      return SlurmSweep.Settings(
        worker: [program, "sweep-worker", "--calibration", folder.standardizedFileURL.path],
        options: ["--chdir=\(here)"] + slurmOptions, mostTasks: tasks, retries: retries)
    }
  }

  private func makeFolder(of path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw WriteError(path: path, error)
    }
  }

  private func execute(_ runner: SweepRunner, _ store: SweepStore, total: String) async throws {
    InterruptGuard.install(saying: "the same command goes on where this one stopped")
    let line = UnitProgressLine(stopHint: "the same command goes on where this one stops")
    defer { line.clear() }
    switch on {
    case .local:
      try await runner.run(store, threadLimit: threads) {
        line.update(done: $0.done, total: $0.total)
      }
    case .slurm:
      try await SlurmSweep(store, settings: try slurm).run {
        line.update(done: $0.done, total: $0.total)
      }
    }
    line.clear()
    var text = "\(total): done\n"
    let problems = try store.problems()
    if !problems.isEmpty {
      text += "\(problems.count) runs of points that cannot be: \(problems[0])\n"
    }
    text += "Results: \(store.path) (joulefleet export \(store.path) --csv results.csv)\n"
    try StandardOutput.write(text)
  }
}

/// Where a sweep is simulated.
enum SweepPlace: String, CaseIterable, ExpressibleByArgument {
  case local, slurm
}
