import FleetEngine
import NumericalMethods
import Quantities
import Scenarios
import Testing

@testable import Studies

@Suite struct PairedComparisonTests {
  @Test func `a constant shift is found exactly however noisy the queries`() throws {
    let random = RandomStream(seed: 5, purpose: "energy")
    let energies = (0..<UInt64(1000)).map { 100 * random.uniform(id: $0) }
    func run(_ name: String, shift: Double) -> PolicyRun {
      policyRun(
        name,
        energies.enumerated().map {
          record(id: UInt64($0.offset), energy: $0.element + shift, isCorrect: nil)
        })
    }
    let difference = try #require(
      pairedDifference(
        run("dear", shift: 7), run("cheap", shift: 0), .attributedEnergyPerRequest))
    #expect(abs(difference.estimate.value - 7) < 1e-6)
    let interval = try #require(difference.estimate.interval)
    #expect(interval.upperBound - interval.lowerBound < 1e-6)
    #expect((difference.a, difference.b) == ("dear", "cheap"))
  }

  @Test func `batches give the interval of per-query differences when each holds one query`() throws
  {
    let a = [3.0, 9, 8, 6]
    let b = [1.0, 5, 4, 4]
    let runs = [a, b].map { values in
      policyRun(
        "x",
        values.enumerated().map {
          record(id: UInt64($0.offset), energy: 1, isCorrect: nil, ttft: $0.element)
        })
    }
    let found = try #require(pairedDifference(runs[0], runs[1], .timeToFirstToken))
    // Differences 2, 4, 4, 2: mean 3, s² = 4/3, t(0.975; 3) = 3.182446305.
    let half = 3.182446305 * (4.0 / 3 / 4).squareRoot()
    #expect(abs(found.estimate.value - 3) < 1e-9)
    #expect(abs(try #require(found.estimate.interval).upperBound - 3 - half) < 1e-6)
  }

  /// Differences 1, 2, 3 and 10: mean 4, s² = 50/3, third central moment of the mean 7.5; excess
  /// kurtosis 3.228, which leaves 2 / (2/3 + 3.228/4) degrees. Two such runs have half the variance
  /// together, twice the degrees and the skewness over √2.
  @Test func `a skewed difference is bent by its batches, and that of a quantile is not`() throws {
    let pair = [[1.0, 2, 3, 10], [2.0, 4, 6, 20]].map { values in
      PolicySample(
        policyRun(
          "x",
          values.enumerated().map {
            record(id: UInt64($0.offset), energy: 1, isCorrect: nil, ttft: $0.element)
          }), in: context())
    }
    func error(_ metric: PairedMetric, replications: Int) throws -> SourceError {
      let samples = ComparisonSamples(replications: Array(repeating: pair, count: replications))
      let found = ComparisonEvidence(samples)
        .differences([(a: 1, b: 0)], names: ["b", "a"], metrics: [metric]).first
      return try #require(found?.estimate.errors[.questions])
    }
    let variance = 50.0 / 3 / 4
    let degrees = 2 / (2.0 / 3 + 3.228 / 4)
    let one = try error(.timeToFirstToken, replications: 1)
    #expect(abs(one.standardError - variance.squareRoot()) < 1e-6)
    #expect(abs(one.skewness - 7.5 / (variance * variance.squareRoot())) < 1e-5)
    #expect(abs(one.degreesOfFreedom - degrees) < 1e-5)
    // The tail of these differences lies above.
    let interval = one.interval(around: 4)
    #expect(interval.upperBound - 4 > 1.5 * (4 - interval.lowerBound))
    let two = try error(.timeToFirstToken, replications: 2)
    #expect(abs(two.standardError - (variance / 2).squareRoot()) < 1e-6)
    #expect(abs(two.skewness - one.skewness / 2.0.squareRoot()) < 1e-9)
    #expect(abs(two.degreesOfFreedom - 2 * degrees) < 1e-5)
    #expect(try error(.timeToFirstTokenTail, replications: 1).skewness == 0)
  }

  @Test func `intervals hold the truth as often as they claim`() throws {
    var covered: [PairedMetric: Int] = [:]
    let truths: [PairedMetric: Double] = [
      .attributedEnergyPerRequest: 10 - 4, .accuracyPoints: 80 - 60,
      .attributedEnergyPerCorrect: 10 / 0.8 - 4 / 0.6,
    ]
    let studies = 300
    for study in 0..<studies {
      let (a, b) = Self.randomPair(seed: UInt64(study), queries: 640)
      for (metric, truth) in truths {
        let interval = try #require(pairedDifference(a, b, metric)?.estimate.interval)
        if interval.contains(truth) { covered[metric, default: 0] += 1 }
      }
    }
    // 95 % of 300 is 285; four standard deviations of that binomial are 15.1.
    for (metric, count) in covered {
      #expect(abs(count - 285) <= 15, "\(metric) covered \(count) of \(studies)")
    }
    #expect(covered.count == truths.count)
  }

  /// `make coverage` does the same a thousand times on a simulated fleet.
  @Test func `intervals of a tail hold the truth though neighbours depend on each other`() throws {
    let long = Self.dependentPair(seed: 99, queries: 120_000)
    let truth = try #require(pairedDifference(long.0, long.1, .endToEndTail)).estimate.value
    let studies = 60
    let covered = try (0..<UInt64(studies)).count { study in
      let (a, b) = Self.dependentPair(seed: study, queries: 2400)
      return try #require(pairedDifference(a, b, .endToEndTail)?.estimate.interval).contains(truth)
    }
    // 95 % of 60 is 57; four standard deviations of that binomial are 6.8.
    #expect(covered >= 51, "covered \(covered) of \(studies)")
    // Intervals that hold everything would say nothing.
    let (a, b) = Self.dependentPair(seed: 1, queries: 2400)
    let found = try #require(pairedDifference(a, b, .endToEndTail)?.estimate)
    #expect(!(try #require(found.interval)).contains(0) && truth > 0)
  }

  /// Latencies that follow each other slowly up and down, as those of a queue do.
  private static func dependentPair(seed: UInt64, queries: UInt64) -> (PolicyRun, PolicyRun) {
    let random = RandomStream(seed: seed, purpose: "queue")
    var records: ([RequestRecord], [RequestRecord]) = ([], [])
    var state = 0.0
    for id in 0..<queries {
      state = 0.8 * state + 0.6 * StandardNormal.quantile(random.uniform(id: id))
      let own = StandardNormal.quantile(random.uniform(id: id, index: 1))
      let slow = 100 * exponential(0.5 * state)
      let fast = 70 * exponential(0.45 * state + 0.1 * own)
      records.0.append(record(id: id, energy: 1, isCorrect: nil, ttft: 1, e2e: slow))
      records.1.append(record(id: id, energy: 1, isCorrect: nil, ttft: 1, e2e: fast))
    }
    return (policyRun("a", records.0), policyRun("b", records.1))
  }

  /// Two policies on the same queries: exponential effort shared in part, luck shared in part.
  private static func randomPair(seed: UInt64, queries: UInt64) -> (PolicyRun, PolicyRun) {
    let random = RandomStream(seed: seed, purpose: "pair")
    var records: ([RequestRecord], [RequestRecord]) = ([], [])
    for id in 0..<queries {
      let effort = -naturalLogarithm(random.uniform(id: id))
      let own = -naturalLogarithm(random.uniform(id: id, index: 1))
      let luck = random.uniform(id: id, index: 2)
      records.0.append(record(id: id, energy: 7 * effort + 3 * own, isCorrect: luck < 0.8))
      records.1.append(record(id: id, energy: 4 * effort, isCorrect: luck < 0.6))
    }
    return (policyRun("a", records.0), policyRun("b", records.1))
  }

  @Test func `refused requests count for neither energy nor accuracy`() throws {
    let a = policyRun(
      "a",
      [
        record(id: 0, energy: 5, isCorrect: true), record(id: 1, energy: 7, isCorrect: false),
        record(id: 2, energy: 0, isCorrect: nil, outcome: .rejected),
      ])
    let b = policyRun("b", (0..<3).map { record(id: $0, energy: 2, isCorrect: true) })
    let energy = try #require(pairedDifference(a, b, .attributedEnergyPerRequest))
    let accuracy = try #require(pairedDifference(a, b, .accuracyPoints))
    #expect(energy.estimate.value == 4)
    #expect(accuracy.estimate.value == -50)
  }

  @Test func `a policy that is never right has no energy per right answer`() {
    let a = policyRun("a", (0..<8).map { record(id: $0, energy: 5, isCorrect: false) })
    let b = policyRun("b", (0..<8).map { record(id: $0, energy: 5, isCorrect: true) })
    #expect(pairedDifference(a, b, .attributedEnergyPerCorrect) == nil)
  }

  @Test func `runs with batches of different width are aligned`() throws {
    let a = policyRun("a", (0..<200).map { record(id: $0, energy: 3, isCorrect: nil) })
    let b = policyRun("b", (0..<60).map { record(id: $0, energy: 1, isCorrect: nil) })
    let found = try #require(pairedDifference(a, b, .attributedEnergyPerRequest))
    #expect(found.estimate.value == 2)
  }

  @Test func `all pairs of few policies, only the baseline's of many`() {
    #expect(PolicyComparison.pairs(count: 3).map { [$0.a, $0.b] } == [[1, 0], [2, 0], [2, 1]])
    #expect(PolicyComparison.pairs(count: 12).count == 66)
    #expect(PolicyComparison.pairs(count: 13).map(\.b) == Array(repeating: 0, count: 12))
    #expect(PolicyComparison.pairs(count: 1).isEmpty)
    #expect(PolicyComparison.pairs(count: 0).isEmpty)
  }
}

@Suite struct SourcesOfUncertaintyTests {
  /// The figures of a study in which policy `b` spends `joules` a request more than `a`.
  private func evidence(_ extras: [Double], draws: [Double] = []) -> ComparisonEvidence {
    func round(_ extra: Double) -> [PolicySample] {
      [placedRun("a", 10, 0.5), placedRun("b", 10 + extra, 0.5)]
        .map { PolicySample($0, in: context()) }
    }
    return ComparisonEvidence(
      ComparisonSamples(replications: extras.map(round), calibrationDraws: draws.map(round)))
  }

  private func difference(_ evidence: ComparisonEvidence) throws -> SourcedEstimate {
    try #require(
      evidence.estimate { table in
        guard let a = table[0, .energyPerRequest], let b = table[1, .energyPerRequest] else {
          return nil
        }
        return b - a
      })
  }

  @Test func `replications give the t interval of their mean`() throws {
    let found = try difference(evidence([3, 4, 2, 3]))
    // As above: mean 3, s² = 2/3, t(0.975; 3) = 3.182446305.
    let half = 3.182446305 * (2.0 / 3 / 4).squareRoot()
    #expect(abs(found.value - 3) < 1e-9)
    let interval = try #require(found.interval(of: .replications))
    #expect(abs(interval.upperBound - 3 - half) < 1e-6)
    #expect(found.interval(of: .calibration) == nil)
  }

  @Test func `a draw of the calibration is one more like the others, whatever their mean`() throws {
    let found = try difference(evidence([3], draws: [1, 5, 3]))
    // s² = 4, t(0.975; 2) = 4.302652730, a fourth draw: 1 + 1/3.
    let half = 4.302652730 * (4.0 * 4 / 3).squareRoot()
    let interval = try #require(found.interval(of: .calibration))
    #expect(
      abs(interval.upperBound - 3 - half) < 1e-6 && abs(interval.lowerBound - 3 + half) < 1e-6)
    #expect(found.undecided.contains(.calibration))
    #expect(found.interval(of: .replications) == nil)
  }

  @Test func `a figure that is missing under some constants is open, however sure the seeds are`()
    throws
  {
    let evidence = evidence([3, 3.1, 2.9], draws: [3, -1, 3, 4])
    let found = try #require(
      evidence.estimate { table in
        guard let a = table[0, .energyPerRequest], let b = table[1, .energyPerRequest], b > a
        else { return nil }
        return b - a
      })
    #expect(found.undefinedDraws == 1 && found.interval(of: .calibration) == nil)
    #expect(found.undecided == [.calibration])
    var verdict = PolicyVerdict(policy: "b", mixedArms: ["a"])
    verdict.saving = found
    #expect(!verdict.isClear)
    verdict.saving = SourcedEstimate(value: found.value, errors: found.errors)
    #expect(verdict.isClear)
  }

  @Test func `a policy on the mix of two arms is a tie, below it a saving`() throws {
    func verdict(_ energy: Double) throws -> PolicyVerdict {
      let runs = [placedRun("x", 100, 0.5), placedRun("y", 300, 0.9), placedRun("p", energy, 0.7)]
      let study = StudyResult(context: context(arms: ["x", "y"]), runs: runs)
      return try #require(PolicyComparison(study).verdicts.first)
    }
    let saving = try verdict(150)
    #expect(saving.mixedArms == ["x", "y"] && saving.policy == "p")
    // The mix of equal parts spends 200 J.
    #expect(abs(try #require(saving.saving).value - 25) < 1e-9)
    #expect(abs(try #require(try verdict(200).saving).value) < 1e-9)
    #expect(try !verdict(200).isClear)
  }

  @Test func `declared arms stand in where the fixed arms were not run`() throws {
    let runs = [placedRun("x", 100, 0.5), placedRun("y", 300, 0.9), placedRun("p", 150, 0.7)]
    var declared = context(arms: ["always-x"])
    declared.declaredFixedArms = ["x", "y"]
    let found = PolicyComparison(StudyResult(context: declared, runs: runs))
    #expect(found.verdicts.map(\.mixedArms) == [["x", "y"]])
    // Where an arm was run by itself, the declared ones are policies like others.
    declared.fixedArmPolicies = ["y"]
    let own = PolicyComparison(StudyResult(context: declared, runs: runs))
    #expect(own.verdicts.map(\.policy) == ["x", "p"])
    // All energy is on the requests' accounts here.
    let verdict = try #require(found.verdicts.first)
    #expect(abs(try #require(verdict.attributedSaving).value - 25) < 1e-9)
  }

  @Test func `where nobody judges there is no mix to be set against, only energy`() throws {
    let runs = [("x", 100.0), ("p", 90.0)].map { name, energy in
      var run = policyRun(name, (0..<100).map { record(id: $0, energy: energy, isCorrect: nil) })
      run.result.requests.completed = 100
      run.result.energy.decode = Energy(rounding: 100 * energy)
      return run
    }
    let found = PolicyComparison(StudyResult(context: context(arms: ["x"]), runs: runs))
    #expect(found.verdicts.isEmpty && found.mostAccurate == nil)
    #expect(found.thriftiest?.metric == .energyPerRequest && found.thriftiest?.best == "p")
  }

  @Test func `the thriftiest is named alone only where no other may be it`() throws {
    func leaders(_ noise: [Double]) throws -> Leaders {
      let rounds = noise.map { extra in
        [placedRun("a", 10, 0.5), placedRun("b", 10 + extra, 0.5), placedRun("c", 90, 0.5)]
          .map { PolicySample($0, in: context()) }
      }
      let samples = ComparisonSamples(replications: rounds)
      return try #require(PolicyComparison(context(), samples).thriftiest)
    }
    let tie = try leaders([1, -0.5, 0.7, -0.2])
    #expect(tie.best == "a" && tie.ties == ["b"])
    #expect(try leaders([1, 1.1, 0.9, 1]).ties.isEmpty)
  }

  @Test func `a policy against itself with common luck differs by exactly nothing`() async throws {
    let runs = [preparedRun("a", queries: 300), preparedRun("again", queries: 300)]
    let study = StudyResult(
      context: context(),
      runs: try await RunExecutor(threadLimit: 1).execute(runs, keeping: .comparison))
    let paired = PolicyComparison(study).paired
    #expect(paired.count == PairedMetric.allCases.count - 1)
    for pair in paired {
      #expect(pair.estimate.value == 0 && !pair.isClear, "\(pair.metric)")
      #expect(pair.estimate.interval == 0...0, "\(pair.metric)")
    }
  }

  /// Energy while the queries of each batch arrive: all of it before the last arrival.
  @Test func `the fleet's energy falls to the batches in which it is drawn`() async throws {
    var run = preparedRun("a", queries: 320)
    run.fleet.seriesInterval = SimDuration(nanoseconds: 25_000_000)
    let result = try await RunExecutor(threadLimit: 1).execute([run], keeping: .comparison)[0]
    let batches = try #require(result.comparisonBatches).widened(toShift: 3).bins
    #expect(batches.count == 40)
    // A query comes every five milliseconds and keeps the only replica busy for ten.
    let inner = batches[2..<38].map { $0.fleetEnergy.joules }
    let mean = inner.reduce(0, +) / Double(inner.count)
    let all = result.result.energy.gpu.joules
    #expect(abs(mean * 40 / all - 1) < 0.05)
    #expect(batches.reduce(0) { $0 + $1.fleetEnergy.joules } <= all)
  }
}
