internal import AnswerModels

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// How often a strong model is right where a weak one is wrong, on sets with one answer each.
enum RescueCheck {
  static func row(
    _ name: String, _ table: AnswerTable, _ sheet: AnswerSheets.Sheet, _ held: HeldOut,
    isJudged: Bool
  ) throws -> AnswerCheck.Row {
    let whole = table.models.indices.map { table.accuracy(of: $0) }
    let pairs = SharedDifficultyFit.pairs(whole)
    let items = pairs.map { item(table, $0) }
    let result = try held.run(items, questionCount: table.questions.count) { training in
      let own = table.models.indices.map { table.accuracy(of: $0, over: training) }
      let fit = try SharedDifficultyFit(
        accuracies: own, answers: sheet.answers, response: sheet.response)
      let used = pairs.filter { own[$0.weak] != nil && own[$0.strong] != nil }
      let observed = used.map { item(table, $0).ratio(training) ?? 0 }
      let shared = try fit.fit(used, observed: observed).value
      return HeldOutPredictions(
        model: fit.rescues(pairs, shared: shared), reference: pairs.map { own[$0.strong] })
    }
    return AnswerCheck.Row(
      quantity: "\(name): P(strong right given weak wrong)", result,
      bar: isJudged ? .timesReference(0.5) : nil)
  }

  /// Of one pair: right answers of the strong model where the weak one is wrong.
  static func item(_ table: AnswerTable, _ pair: SharedDifficultyFit.Pair) -> HeldOutItem {
    var numerators = [Double](repeating: 0, count: table.questions.count)
    var denominators = numerators
    for question in table.questions.indices {
      guard let weak = table.cells[pair.weak][question],
        let strong = table.cells[pair.strong][question]
      else { continue }
      denominators[question] = 1 - weak.shareRight
      numerators[question] = (1 - weak.shareRight) * strong.shareRight
    }
    return HeldOutItem(numerators: numerators, denominators: denominators)
  }
}

/// What more samples add where a test finds the right one: pass@k.
enum CoverageCheck {
  /// Bars in points, by samples.
  private static let bars = [(2, 1.1), (5, 2.1), (10, 2.5), (20, 2.9)]
  /// Standard deviation of ln κ between models, to which a model's own fit is drawn.
  private static let modelWidth = 0.7

  static func rows(_ table: AnswerTable, _ held: HeldOut) throws -> [AnswerCheck.Row] {
    var fits: [[Bool]: [(accuracy: Double, concentration: Double)]] = [:]
    func models(_ training: [Bool]) -> [(accuracy: Double, concentration: Double)] {
      if let known = fits[training] { return known }
      let rows = table.cells.map { zip($0, training).compactMap { $1 ? $0 : nil } }
      let shared = ConcentrationFit.fit(rows)
      let own = rows.map { cells in
        let accuracy = cells.reduce(0) { $0 + $1.shareRight } / Double(cells.count)
        let fit = ConcentrationFit.fit(
          [cells], pull: (log(shared.value), modelWidth))
        return (min(max(accuracy, 0.005), 0.995), fit.value)
      }
      fits[training] = own
      return own
    }
    return try bars.map { k, points in
      let items = table.cells.map { item($0, k) }
      let result = try held.run(items, questionCount: table.questions.count) { training in
        HeldOutPredictions(
          model: models(training).map {
            ConcentrationFit.coverageGain(
              accuracy: $0.accuracy, concentration: $0.concentration, samples: k)
          },
          reference: table.cells.map { _ in 0 })
      }
      return AnswerCheck.Row(
        quantity: "code: gain of pass@\(k)", result, bar: .points(points))
    }
  }

  private static func item(_ row: [AnswerCell?], _ k: Int) -> HeldOutItem {
    let gains = row.map { cell -> Double? in
      guard let cell, cell.samples >= k else { return nil }
      let wrong = cell.samples - cell.right
      let missed = (0..<k).reduce(1.0) {
        $0 * Double(max(wrong - $1, 0)) / Double(cell.samples - $1)
      }
      return 1 - missed - cell.shareRight
    }
    return HeldOutItem(
      numerators: gains.map { $0 ?? 0 }, denominators: gains.map { $0 == nil ? 0 : 1 })
  }
}

/// Votes of 256 on MATH-500 from single samples, a model left out at a time.
enum LargeVoteCheck {
  private static let votes = 256
  private static let paper = "arXiv 2502.06703"

  static func row(_ sets: AnswerSets, _ sheet: AnswerSheets.Sheet) throws -> AnswerCheck.Row {
    let single = try sets.facts(strategy: "CoT", benchmark: "MATH-500", source: paper)
    let voted = try sets.facts(
      strategy: "majority@\(votes)", benchmark: "MATH-500", source: paper)
    let rows = voted.keys.sorted().compactMap { model in
      single[model].map { LargeVoteFit.Row(single: $0, voted: voted[model] ?? 0) }
    }
    let fit = LargeVoteFit(
      votes: votes, answers: sheet.answers,
      latent: try LatentQueries(count: 512, pulls: sheet.answers.wrongAnswers),
      start: sheet.response)
    let errors = try rows.indices.map { left in
      let others = rows.indices.filter { $0 != left }.map { rows[$0] }
      return abs(try fit.prediction(rows[left].single, fit.fit(others)) - rows[left].voted)
    }
    let mean = errors.reduce(0, +) / Double(errors.count)
    let sorted = errors.sorted()
    return AnswerCheck.Row(
      quantity: "MATH-500: vote@256 of a model left out", items: rows.count, model: mean,
      modelInterval: (sorted.first ?? 0)...(sorted.last ?? 0), raw: nil, ratioInterval: nil,
      reference: rows.reduce(0) { $0 + $1.voted - $1.single } / Double(rows.count),
      pooled: mean, bar: .points(1.5))
  }
}
