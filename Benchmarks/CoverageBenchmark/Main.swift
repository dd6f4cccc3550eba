import ArgumentParser
import Scenarios
import Studies

/// How often the intervals of a comparison hold the truth, and how often they see a difference
/// where there is none: docs/comparing.md has the table.
@main
struct CoverageBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "CoverageBenchmark",
    abstract: "Measure how often the intervals of a comparison hold the truth.")

  @Option(help: "Seeded replications, each with an interval of its own.")
  var replications = 1000

  @Option(help: "Pairs of a policy with itself under independent luck.")
  var pairs = 400

  @Option(help: "How many times longer the run is that stands for the truth.")
  var truthFactor = 100

  @Option(help: "Runs at once.")
  var threads = 2

  mutating func run() async throws {
    let study = try CoverageStudy(threads: threads)
    print("Intervals of \(replications) replications against a run \(truthFactor) times longer:")
    let truth = try await study.truth(factor: truthFactor)
    for line in try await study.coverage(replications, truth: truth) { print(line) }
    print("\nA policy against itself, independent luck, \(pairs) pairs:")
    for line in try await study.falseAlarms(pairs) { print(line) }
    print("\nA policy against itself, common luck, \(pairs) pairs:")
    print(try await study.commonLuck(pairs))
  }
}
