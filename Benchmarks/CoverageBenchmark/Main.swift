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

  @Option(help: "Intervals of single runs, and as many of comparisons of five seeds.")
  var replications = 1000

  @Option(help: "Comparisons of a policy with itself, of single runs and of five seeds.")
  var pairs = 400

  @Option(help: "How many times longer the five runs are that stand for the truth.")
  var truthFactor = 100

  @Option(help: "Added to every seed, to try a method on runs on which it was not made.")
  var seedOffset: UInt64 = 0

  @Option(help: "Runs at once.")
  var threads = 2

  mutating func run() async throws {
    let study = try CoverageStudy(threads: threads, seedOffset: seedOffset)
    print("\(replications) intervals against five runs \(truthFactor) times longer:")
    let truth = try await study.truth(factor: truthFactor)
    for line in try await study.coverage(replications, truth: truth) { print(line) }
    print("\nA policy against itself, independent luck:")
    for line in try await study.falseAlarms(pairs) { print(line) }
    print("\nA policy against itself, common luck, \(pairs) pairs:")
    print(try await study.commonLuck(pairs))
  }
}
