import NumericalMethods
import Quantities
import Testing
import Workloads

struct SyntheticSourceTests {
  static let difficulties = [BetaDistribution(a: 1, b: 1), BetaDistribution(a: 0.15, b: 0.05)]

  static func workload(
    process: ArrivalProcess = .poisson(rate: 5), weights: [Double] = [3, 1],
    prompt: TokenLengths = .logNormal(mean: 800, logSD: 0.8),
    output: TokenLengths = .gamma(mean: 200, coefficientOfVariation: 1.2),
    difficulty: BetaDistribution = difficulties[0], limit: Int = 40_000
  ) -> SyntheticWorkload {
    let parts: [TaskMix.Part] = [
      .init(task: 4, weight: weights[0], difficulty: difficulty),
      .init(task: 2, weight: weights[1], difficulty: difficulties[1]),
    ]
    return SyntheticWorkload(
      arrivals: process,
      tasks: parts.map { .init(mixPart: $0, promptTokens: prompt, outputTokens: output) },
      queryLimit: limit)
  }

  /// The parts of a query, by name, so that a change can be told apart from no change.
  private static let parts: [(String, @Sendable (Query) -> Double)] = [
    ("arrival", { $0.arrival.seconds }), ("task", { Double($0.task) }),
    ("prompt", { Double($0.promptTokens) }), ("output", { Double($0.recordedOutputTokens ?? -1) }),
    ("difficulty", { $0.difficulty }),
  ]

  @Test(arguments: [
    ("arrival", workload(process: .gamma(rate: 1, coefficientOfVariation: 2), limit: 2000)),
    ("prompt", workload(prompt: .exponential(mean: 30), limit: 2000)),
    ("output", workload(output: .exactly(7), limit: 2000)),
    ("difficulty", workload(difficulty: BetaDistribution(a: 2, b: 3), limit: 2000)),
  ])
  func `a change of one distribution leaves all other draws identical`(
    changed: String, workload: SyntheticWorkload
  ) {
    let before = queries(Self.workload(limit: 2000))
    let after = queries(workload)
    for (name, value) in Self.parts {
      #expect((before.map(value) == after.map(value)) == (name != changed), "\(name)")
    }
  }

  @Test func `a seed repeats the stream and another seed changes every part of it`() {
    let first = queries(Self.workload(limit: 500))
    let same = queries(Self.workload(limit: 500))
    let other = queries(Self.workload(limit: 500), seed: 2)
    for (name, value) in Self.parts {
      #expect(first.map(value) == same.map(value), "\(name)")
      #expect(first.map(value) != other.map(value), "\(name)")
    }
    #expect(first.map(\.id) == (0..<500).map { UInt64($0) })
  }

  @Test func `draws of a query do not depend on how many come before or after`() {
    let few = queries(Self.workload(process: .atOnce, limit: 10))
    let many = queries(Self.workload(limit: 1000))
    for (name, value) in Self.parts where name != "arrival" {
      #expect(few.map(value) == many.prefix(10).map(value), "\(name)")
    }
  }

  @Test func `parts of one query are not correlated`() {
    let all = queries(Self.workload(weights: [1, 0]))
    let values = Self.parts.filter { $0.0 != "task" }.map { part -> [Double] in
      var column = all.map(part.1)
      if part.0 == "arrival" { column = zip(column, [0] + column).map { $0 - $1 } }
      return ranks(column)
    }
    for i in values.indices {
      for j in values.indices where j < i {
        let products = zip(values[i], values[j]).map { $0 * $1 }
        // Ranks scaled to mean 0 and variance 1.
        #expect(abs(products.reduce(0, +) / Double(products.count).squareRoot()) < 4)
      }
    }
  }

  private func ranks(_ values: [Double]) -> [Double] {
    var ranks = [Double](repeating: 0, count: values.count)
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    for (rank, index) in order.enumerated() {
      ranks[index] = ((Double(rank) + 0.5) / Double(values.count) - 0.5) * 12.0.squareRoot()
    }
    return ranks
  }

  @Test func `tasks get their shares, a weight of 0 none`() {
    let all = queries(Self.workload())
    let share = Double(all.count { $0.task == 4 }) / Double(all.count)
    #expect(abs(share - 0.75) < 4 * (0.75 * 0.25 / Double(all.count)).squareRoot())
    #expect(queries(Self.workload(weights: [0, 2], limit: 5000)).allSatisfy { $0.task == 2 })
    #expect(queries(Self.workload(weights: [2, 0], limit: 5000)).allSatisfy { $0.task == 4 })
  }

  @Test(arguments: [(4, difficulties[0]), (2, difficulties[1])])
  func `difficulties have the moments of their beta law, within each task`(
    task: Int, law: BetaDistribution
  ) {
    let values = queries(Self.workload()).filter { $0.task == task }.map(\.difficulty)
    #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
    let sum = law.a + law.b
    let variance = law.a * law.b / (sum * sum * (sum + 1))
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean - law.mean) < 4 * (variance / Double(values.count)).squareRoot())
    // E[X²] = a (a+1) / ((a+b) (a+b+1)); X² lies in (0, 1), so its sd is below 1/2.
    let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    let exact = law.a * (law.a + 1) / (sum * (sum + 1))
    #expect(abs(square - exact) < 4 * 0.5 / Double(values.count).squareRoot())
  }

  @Test func `a workload without recorded outputs has none`() {
    let task = SyntheticWorkload.Task(
      mixPart: .init(task: 0, weight: 1), promptTokens: .exactly(9))
    let all = queries(
      SyntheticWorkload(arrivals: .poisson(rate: 1), tasks: [task], queryLimit: 3))
    #expect(all.map(\.recordedOutputTokens) == [nil, nil, nil])
  }
}

struct TokenLengthTests {
  /// Mean over evenly spread probabilities, within the rounding to whole tokens.
  private func mean(_ lengths: TokenLengths) -> Double {
    let count = 200_000
    let sum = (0..<count).reduce(0) { $0 + lengths.tokens((Double($1) + 0.5) / Double(count)) }
    return Double(sum) / Double(count)
  }

  @Test func `lengths have the mean asked for`() throws {
    #expect(abs(mean(.logNormal(mean: 1000, logSD: 0.8)) / 1000 - 1) < 1e-3)
    #expect(abs(mean(.gamma(mean: 500, coefficientOfVariation: 1.5)) / 500 - 1) < 2e-3)
    #expect(abs(mean(.exponential(mean: 640)) / 640 - 1) < 1e-3)
    #expect(mean(.exactly(512)) == 512)
  }

  /// Knots as of the conversation trace: half of the mass is uniform on 2…1020, and so on.
  @Test func `lengths by quantiles have the mean of their pieces`() throws {
    let knots = [(0, 2.0), (0.5, 1020), (0.9, 2735), (0.99, 4142), (1, 14_050)].map {
      (probability: $0.0, value: $0.1)
    }
    let exact = 0.5 * 511 + 0.4 * 1877.5 + 0.09 * 3438.5 + 0.01 * 9096
    #expect(abs(mean(try .quantiles(knots)) - exact) < 0.1)
    let smooth = try TokenLengths.quantiles(knots, interpolation: .steffen)
    #expect(smooth.tokens(0.5) == 1020 && smooth.tokens(0.9) == 2735)
  }

  @Test func `lengths are whole, at least 1 and at most the maximum`() {
    let tiny = TokenLengths.exponential(mean: 0.2)
    #expect((1..<1000).allSatisfy { tiny.tokens(Double($0) / 1000) >= 1 })
    let cut = TokenLengths.logNormal(mean: 1000, logSD: 1, maximum: 1500)
    #expect(cut.tokens(0.999_999) == 1500 && cut.tokens(0.01) < 200)
    #expect(
      TokenLengths.gamma(mean: 1e12, coefficientOfVariation: 9).tokens(0.999_999) == 2_147_483_647)
    #expect(TokenLengths.exactly(0).tokens(0.5) == 1)
    #expect(TokenLengths(Constant(2.5)).tokens(0.5) == 3)
  }
}
