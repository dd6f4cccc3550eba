import Foundation
import Scenarios
import Studies

/// A small fleet under two policies, run again and again.
struct CoverageStudy {
  /// A policy that sends hard queries to reasoning, against reasoning always: both metrics of
  /// every kind differ, and by amounts that chance can hide.
  private static let scenario = """
    seed: 1
    workload:
      LENGTH
      arrivals: {process: poisson, rate: 6}
      tasks:
        - {task: gsm8k, share: 1}
    fleet:
      pools:
        - {name: small, model: qwen2.5-7b, gpu: h100-sxm, replicas: 2}
    arms:
      - {name: direct, model: qwen2.5-7b, strategy: direct}
      - {name: reasons, model: qwen2.5-7b, strategy: chain-of-thought}
    policies:
      - {name: reasons, choose: {arm: reasons}, route: round-robin}
      - name: reasons-if-hard
        choose:
          threshold: difficulty
          at: 0.2
          below: direct
          above: reasons
          estimator: {correlation: 0.7}
        route: round-robin
    objectives:
      slo: {ttft_ms: 500, tpot_ms: 50}
    MEASUREMENT

    """

  static let metrics: [PairedMetric] = [
    .energyPerRequest, .attributedEnergyPerRequest, .accuracyPoints, .energyPerCorrect,
    .timeToFirstTokenTail, .timePerOutputTokenTail, .endToEndMedian, .endToEndTail,
  ]

  private let catalog: Catalog
  private let executor: RunExecutor
  /// By how much all seeds but the truth's are higher.
  private let seedOffset: UInt64
  /// Seconds that are measured of one replication, after as much as a fleet takes to fill.
  private let measuredSeconds = 600
  private let warmUpSeconds = 60
  /// Seeds of a comparison with replications.
  static let group = 5

  init(threads: Int, seedOffset: UInt64) throws {
    catalog = try Catalog.load()
    executor = RunExecutor(threadLimit: threads)
    self.seedOffset = seedOffset
  }

  /// Samples of both policies under each seed.
  private func samples(
    seeds: Range<UInt64>, length: String, measurement: String
  ) async throws -> [[PolicySample]] {
    let text = Self.scenario.replacing("LENGTH", with: length)
      .replacing("MEASUREMENT", with: measurement)
    var found: [[PolicySample]] = []
    // In portions, so that memory stays small.
    for start in stride(from: seeds.lowerBound, to: seeds.upperBound, by: 50) {
      let scenarios = try (start..<min(start + 50, seeds.upperBound)).map {
        try Scenario.parse(text: text, file: "coverage.yaml", catalog: catalog, seed: $0)
      }
      guard let first = scenarios.first else { continue }
      let flat = try await executor.samples(
        of: scenarios.flatMap { try $0.preparedRuns() },
        in: StudyContext(first, version: "0"), firstIndex: 0)
      found += stride(from: 0, to: flat.count, by: 2).map { [flat[$0], flat[$0 + 1]] }
    }
    return found
  }

  private func windowed(_ seeds: Range<UInt64>, factor: Int = 1) async throws -> [[PolicySample]] {
    let end = warmUpSeconds + factor * measuredSeconds
    return try await samples(
      seeds: seeds, length: "duration: \(end) s",
      measurement: "measurement: {warmup: \(warmUpSeconds) s, until: \(end) s}")
  }

  private func differences(_ samples: [[PolicySample]]) -> [PairedMetric: PairedDifference] {
    let context = StudyContext(
      scenarioName: "coverage", scenarioSHA256: "", calibrationSHA256: "", seed: 1, version: "0",
      taskNames: ["gsm8k"])
    let paired = PolicyComparison(context, ComparisonSamples(replications: samples)).paired
    return Dictionary(paired.map { ($0.metric, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The differences of as many runs as a comparison of several seeds has, each so many times
  /// longer than a replication: of one alone the error would be a fifth of such a comparison's own.
  func truth(factor: Int) async throws -> [PairedMetric: PairedDifference] {
    differences(try await windowed(900_000_001..<UInt64(900_000_001 + Self.group), factor: factor))
  }

  /// The differences of single runs and of comparisons of several seeds, `count` of each, from what
  /// `samples` gives for so many seeds.
  private func found(
    _ count: Int, _ samples: (Range<Int>) async throws -> [[PolicySample]]
  ) async throws -> (
    single: [[PairedMetric: PairedDifference]], grouped: [[PairedMetric: PairedDifference]]
  ) {
    var single: [[PairedMetric: PairedDifference]] = []
    var grouped: [[PairedMetric: PairedDifference]] = []
    for number in 0..<count {
      let some = try await samples(number * Self.group..<(number + 1) * Self.group)
      grouped.append(differences(some))
      single += some.prefix(count - single.count).map { differences([$0]) }
    }
    return (single, grouped)
  }

  /// A line for each metric: how many intervals of single replications hold the truth, and how
  /// many of several replications each.
  func coverage(
    _ count: Int, truth: [PairedMetric: PairedDifference]
  ) async throws -> [String] {
    let (single, grouped) = try await found(count) {
      let first = seedOffset + UInt64(1 + $0.lowerBound)
      return try await windowed(first..<first + UInt64($0.count))
    }
    return Self.metrics.compactMap { metric in
      guard let expected = truth[metric]?.estimate.value else { return nil }
      func share(
        _ found: [[PairedMetric: PairedDifference]], _ source: UncertaintySource
      ) -> String {
        let held = found.count {
          $0[metric]?.estimate.interval(of: source)?.contains(expected) ?? false
        }
        return String(format: "%.1f %%", 100 * Double(held) / Double(max(1, found.count)))
      }
      return "  \(metric.rawValue): \(share(single, .questions)) of single runs; "
        + "of \(Self.group) seeds: \(share(grouped, .replications)) (replications), "
        + "\(share(grouped, .questions)) (questions); truth \(expected); "
        + Self.errors(single.compactMap { $0[metric]?.estimate }, expected)
    }
  }

  /// What the intervals state beside what there is: their root mean square error over the scatter
  /// of the estimates, and how far the mean of these lies off the truth.
  private static func errors(_ estimates: [SourcedEstimate], _ expected: Double) -> String {
    let count = Double(estimates.count)
    let mean = estimates.reduce(0) { $0 + $1.value } / count
    let scatter =
      (estimates.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / count).squareRoot()
    let stated =
      (estimates.reduce(0) {
        let error = $1.errors[.questions]?.standardError ?? 0
        return $0 + error * error
      } / count).squareRoot()
    return String(
      format: "stated error over scatter %.3f, mean off by %.2f scatters", stated / scatter,
      (mean - expected) / scatter)
  }

  /// Every second run against the next, of the same policy: all differences are chance.
  func falseAlarms(_ count: Int) async throws -> [String] {
    let (single, grouped) = try await found(count) { pairs in
      let first = seedOffset + 1_000_001 + 2 * UInt64(pairs.lowerBound)
      let all = try await samples(
        seeds: first..<first + 2 * UInt64(pairs.count), length: "requests: 3600",
        measurement: "")
      return stride(from: 0, to: all.count, by: 2).map { [all[$0][0], all[$0 + 1][0]] }
    }
    return Self.metrics.map { metric in
      func alarms(
        _ found: [[PairedMetric: PairedDifference]], _ source: UncertaintySource
      ) -> Int {
        found.count { !($0[metric]?.estimate.interval(of: source)?.contains(0) ?? true) }
      }
      return "  \(metric.rawValue): called different \(alarms(single, .questions)) times in "
        + "\(single.count), of \(Self.group) seeds \(alarms(grouped, .replications)) times in "
        + "\(grouped.count)"
    }
  }

  func commonLuck(_ count: Int) async throws -> String {
    let all = try await windowed(2_000_001..<UInt64(2_000_001 + count))
    let again = try await windowed(2_000_001..<UInt64(2_000_001 + count))
    let unequal = zip(all, again).count { first, second in
      differences([[first[1], second[1]]]).values.contains { $0.estimate.value != 0 }
    }
    return "  differs in any metric: \(unequal) times in \(count)"
  }
}
