internal import AnswerModels

/// Checks on sets with several samples of a model per question.
final class RepeatedCheck {
  private let set: AnswerSets.Repeated
  private let sheet: AnswerSheets.Sheet
  private let held: HeldOut
  private let latent: LatentQueries
  /// Runs whose wrong answers are known.
  private let table: AnswerTable
  /// Fits by training questions: the rows of one set share them.
  private var fits: [[Bool]: ItemResponse] = [:]

  private static let votes = [3, 5, 8]
  /// A run of eight samples may lack some.
  private static let leastSamples = 7.5
  private static let largestUnknownShare = 0.1
  private static let votedAccuracies = 0.02...0.98
  /// Samples that must agree in the cascade.
  private static let unanimous = 5
  /// Accuracy that the stronger model of a cascade has more.
  private static let cascadeLead = 0.05

  init(_ set: AnswerSets.Repeated, sheet: AnswerSheets.Sheet, held: HeldOut) throws {
    self.set = set
    self.sheet = sheet
    self.held = held
    let pulls = sheet.answers.wrongAnswers + (sheet.answers.isMultipleChoice ? 1 : 0)
    latent = try LatentQueries(count: sheet.answers.isMultipleChoice ? 512 : 256, pulls: pulls)
    var known = AnswerTable(questions: set.table.questions)
    for (index, row) in set.table.cells.enumerated() {
      let cells = row.compactMap { $0 }
      let samples = Double(cells.reduce(0) { $0 + $1.samples }) / Double(max(cells.count, 1))
      guard samples >= Self.leastSamples, set.unknownShares[index] <= Self.largestUnknownShare,
        let accuracy = set.table.accuracy(of: index), Self.votedAccuracies.contains(accuracy)
      else { continue }
      known.add(model: set.table.models[index], cells: row)
    }
    table = known
  }

  /// Accuracy on unseen questions, then the gains of votes.
  func voteRows(_ name: String) throws -> [AnswerCheck.Row] {
    let singles = table.cells.map { row in
      HeldOutItem(
        numerators: row.map { $0?.shareRight ?? 0 }, denominators: row.map { $0 == nil ? 0 : 1 })
    }
    let accuracy = try held.run(singles, questionCount: table.questions.count) { training in
      let own = self.accuracies(training)
      return HeldOutPredictions(
        model: own.map { $0.map(self.sheet.answers.reachable) },
        reference: own.map { _ in self.meanAccuracy(own) })
    }
    var rows = [
      AnswerCheck.Row(
        quantity: "\(name): accuracy of a model", accuracy, bar: .timesRaw(1.05))
    ]
    for k in Self.votes {
      let items = table.cells.map { row in voteItem(row, k) }
      let result = try held.run(items, questionCount: table.questions.count) { training in
        HeldOutPredictions(
          model: try self.gains(training, votes: k), reference: self.table.cells.map { _ in 0 })
      }
      rows.append(
        AnswerCheck.Row(quantity: "\(name): gain of vote@\(k)", result, bar: .timesRaw(1.05)))
    }
    return rows
  }

  private func voteItem(_ row: [AnswerCell?], _ k: Int) -> HeldOutItem {
    let gains = row.map { cell -> Double? in
      guard let cell, let voted = VoteChance.recorded(cell, votes: k) else { return nil }
      return voted - cell.shareRight
    }
    return HeldOutItem(
      numerators: gains.map { $0 ?? 0 }, denominators: gains.map { $0 == nil ? 0 : 1 })
  }

  private func accuracies(_ training: [Bool]) -> [Double?] {
    table.models.indices.map { table.accuracy(of: $0, over: training) }
  }

  private func meanAccuracy(_ accuracies: [Double?]) -> Double {
    let known = accuracies.compactMap { $0 }
    return known.reduce(0, +) / Double(known.count)
  }

  /// Spreads and shared difficulty from the training questions.
  private func response(_ training: [Bool]) throws -> ItemResponse {
    if let known = fits[training] { return known }
    guard case .softmax(let spread, let growth) = sheet.response.curve else {
      return sheet.response
    }
    let fit = try SpreadFit(
      table, training: training, answers: sheet.answers,
      prior: .init(
        abilitySpread: spread, wrongAnswerSpread: sheet.response.wrongAnswerSpread,
        growth: growth),
      latent: latent
    ).fit()
    let response = try fit.response(sharedDifficulty: sheet.response.sharedDifficulty)
    fits[training] = response
    return response
  }

  /// The gain of a vote as a curve over accuracy, read for every model.
  private func gains(_ training: [Bool], votes k: Int) throws -> [Double?] {
    let own = accuracies(training).map { $0.map(sheet.answers.reachable) }
    let response = try response(training)
    let curve = try GainCurve(
      response: response, answers: sheet.answers, latent: latent, votes: k,
      accuracies: own.compactMap { $0 })
    return own.map { $0.map(curve.callAsFunction) }
  }

  // MARK: Cascade

  /// A cascade that keeps a weak model's answer where five samples agree and asks a stronger model
  /// otherwise: its accuracy less that of the stronger model alone.
  func cascadeRow(_ name: String) throws -> AnswerCheck.Row {
    let whole = table.models.indices.map { table.accuracy(of: $0) }
    let pairs = SharedDifficultyFit.pairs(whole).filter {
      (whole[$0.strong] ?? 0) - (whole[$0.weak] ?? 0) > Self.cascadeLead
    }
    let items = pairs.map { cascadeItem(table.cells[$0.weak], table.cells[$0.strong]) }
    let result = try held.run(items, questionCount: table.questions.count) { training in
      try self.cascades(pairs, training)
    }
    return AnswerCheck.Row(
      quantity: "\(name): unanimity cascade less the strong model", result, bar: .points(2.6))
  }

  private func cascadeItem(_ weak: [AnswerCell?], _ strong: [AnswerCell?]) -> HeldOutItem {
    let differences = zip(weak, strong).map { weak, strong -> Double? in
      guard let weak, let strong, weak.samples >= Self.unanimous else { return nil }
      let agreed = Self.agreement(weak)
      return agreed.right - (agreed.right + agreed.wrong) * strong.shareRight
    }
    return HeldOutItem(
      numerators: differences.map { $0 ?? 0 },
      denominators: differences.map { $0 == nil ? 0 : 1 })
  }

  /// The chance that so many samples without replacement agree, on the right and on a wrong answer.
  private static func agreement(_ cell: AnswerCell) -> (right: Double, wrong: Double) {
    func all(_ count: Int) -> Double {
      (0..<unanimous).reduce(1) { $0 * Double(max(count - $1, 0)) / Double(cell.samples - $1) }
    }
    return (all(cell.right), cell.wrong.reduce(0) { $0 + all($1) })
  }

  private func cascades(
    _ pairs: [SharedDifficultyFit.Pair], _ training: [Bool]
  ) throws -> HeldOutPredictions {
    let own = accuracies(training)
    var response = try response(training)
    let shared = try SharedDifficultyFit(
      accuracies: own, answers: sheet.answers, response: response)
    let all = SharedDifficultyFit.pairs(own)
    let observed = all.map { RescueCheck.item(table, $0).ratio(training) ?? 0 }
    response.sharedDifficulty = try shared.fit(all, observed: observed).value
    let solver = try AbilitySolver(
      task: "of the check", answers: sheet.answers, response: response)
    let laws = try own.map { try solver.law(accuracy: sheet.answers.reachable($0 ?? 0.5)) }
    let curves = laws.map {
      SharedDifficultyFit.Model($0).chances(shared: response.sharedDifficulty)
    }
    let model = UnanimousCascade(latent: latent, agreeing: Self.unanimous)
    let agreements = laws.map { model.agreements(of: $0) }
    return HeldOutPredictions(
      model: pairs.map { model.difference(agreements[$0.weak], curves[$0.strong]) },
      reference: pairs.map { pair in
        let mean = model.meanAgreement(agreements[pair.weak])
        return mean.right - (mean.right + mean.wrong) * (own[pair.strong] ?? 0)
      })
  }

  // MARK: Limits of tokens

  /// Accuracy under a limit of tokens, as a share of the accuracy without.
  func capRows(_ name: String) throws -> [AnswerCheck.Row] {
    let runs = set.table.models.indices.filter { isReasoning(set.samples[$0]) }
    return try [(4096, 6.0), (8192, 5.0), (16384, 3.0)].map { cap, points in
      let items = runs.map { run in
        HeldOutItem(
          numerators: set.samples[run].map {
            Double($0.count { $0.isRight && $0.tokens <= cap })
          },
          denominators: set.samples[run].map { Double($0.count(where: \.isRight)) })
      }
      let result = try held.run(items, questionCount: set.table.questions.count) { training in
        let response = try self.response(training)
        let fits = try runs.map { try self.caps($0, training, response) }
        return HeldOutPredictions(
          model: fits.map { $0.linked?.shareLeft(cap: cap) },
          reference: fits.map { $0.free?.shareLeft(cap: cap) })
      }
      return AnswerCheck.Row(
        quantity: "\(name): share right within \(cap / 1024)k tokens", result,
        bar: .points(points))
    }
  }

  private func caps(
    _ run: Int, _ training: [Bool], _ response: ItemResponse
  ) throws -> (linked: CapFit?, free: CapFit?) {
    let samples = zip(set.samples[run], training).flatMap { $1 ? $0 : [] }
    let right = Double(samples.count(where: \.isRight)) / Double(max(samples.count, 1))
    let law = try AbilitySolver(
      task: "of the check", answers: sheet.answers, response: response
    ).law(accuracy: sheet.answers.reachable(right))
    return (
      CapFit(samples, law: law, linked: true), CapFit(samples, law: law, linked: false)
    )
  }

  /// Whether the run thinks: thousands of recorded tokens, and enough samples.
  private func isReasoning(_ samples: [[CapFit.Sample]]) -> Bool {
    let all = samples.flatMap { $0 }
    guard all.count >= 2 * set.table.questions.count else { return false }
    return Double(all.reduce(0) { $0 + $1.tokens }) / Double(all.count) > 2500
  }
}

extension AnswerCheck.Row {
  init(quantity: String, _ result: HeldOut.Result, bar: AnswerCheck.Bar?) {
    self.init(
      quantity: quantity, items: result.itemCount, model: result.errors.model,
      modelInterval: result.modelInterval, raw: result.errors.raw,
      ratioInterval: result.ratioInterval, reference: result.errors.reference,
      pooled: result.errors.pooled, floor: result.errors.floor, bar: bar)
  }
}
