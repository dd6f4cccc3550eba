internal import NumericalMethods

/// One figure that is predicted for questions left out: a ratio of sums over questions.
struct HeldOutItem {
  /// By question; a question that says nothing has 0 in both.
  var numerators: [Double]
  var denominators: [Double]

  /// The ratio over the questions that `isIn` holds; nil where nothing is said.
  func ratio(_ isIn: [Bool]) -> Double? {
    var (top, bottom) = (0.0, 0.0)
    for (question, isIn) in isIn.enumerated() where isIn {
      top += numerators[question]
      bottom += denominators[question]
    }
    return bottom > 0 ? top / bottom : nil
  }
}

/// What the three predictors say of every item, from training questions alone; nil where one has
/// nothing to say.
struct HeldOutPredictions {
  var model: [Double?]
  var reference: [Double?]
}

/// Mean absolute errors of three predictors over items, repeats and folds.
struct HeldOutErrors {
  var model: Double
  /// The items' own figures on the training questions.
  var raw: Double
  /// Independence, no gain, no link: what the row says.
  var reference: Double
  /// The model's error where an item's predictions for all folds are averaged before they are
  /// compared with the whole set: bias, without the noise of small folds.
  var pooled: Double
  /// What the noise of folds of this size leaves to one who knows every item's true figure. The
  /// raw predictor's error is that of two means, of the training questions and of those left out,
  /// whose variances go with their numbers: of k folds this one's part is √((k - 1)/k).
  var floor: Double
}

/// Repeated cross-validation by question, with intervals from drawing questions anew.
struct HeldOut {
  var repeats = 10
  var folds = 5
  var draws = 100
  var seed: UInt64 = 1

  struct Result {
    var errors: HeldOutErrors
    /// 95 % of the draws, of the model's error and of its ratio to the raw predictor's.
    var modelInterval: ClosedRange<Double>
    var ratioInterval: ClosedRange<Double>
    var itemCount: Int
  }

  /// Sums of absolute errors and their counts.
  private struct Sums {
    var model = 0.0
    var raw = 0.0
    var reference = 0.0
    var count = 0.0
  }

  func run(
    _ items: [HeldOutItem], questionCount: Int,
    predict: ([Bool]) throws -> HeldOutPredictions
  ) throws -> Result {
    var sums = Sums()
    var drawn = [Sums](repeating: Sums(), count: draws)
    var pooled = 0.0
    var pooledCount = 0.0
    for repetition in 0..<repeats {
      let fold = folds(of: questionCount, repetition: repetition)
      let weights = (0..<draws).map { drawWeights(questionCount, repetition, $0) }
      var average = [(sum: Double, weight: Double)](repeating: (0, 0), count: items.count)
      for held in 0..<folds {
        let training = fold.map { $0 != held }
        let predictions = try predict(training)
        let test = fold.indices.filter { fold[$0] == held }
        for (index, item) in items.enumerated() {
          guard let model = predictions.model[index], let raw = item.ratio(training),
            let reference = predictions.reference[index]
          else { continue }
          let bottom = test.reduce(0) { $0 + item.denominators[$1] }
          average[index].sum += bottom * model
          average[index].weight += bottom
          add(item, test, nil, (model, raw, reference), &sums)
          for draw in 0..<draws {
            add(item, test, weights[draw], (model, raw, reference), &drawn[draw])
          }
        }
      }
      let all = [Bool](repeating: true, count: questionCount)
      for (index, item) in items.enumerated() where average[index].weight > 0 {
        guard let observed = item.ratio(all) else { continue }
        pooled += abs(average[index].sum / average[index].weight - observed)
        pooledCount += 1
      }
    }
    return Result(
      errors: HeldOutErrors(
        model: sums.model / sums.count, raw: sums.raw / sums.count,
        reference: sums.reference / sums.count, pooled: pooled / max(pooledCount, 1),
        floor: sums.raw / sums.count * (1 - 1 / Double(folds)).squareRoot()),
      modelInterval: Self.interval(drawn.map { $0.model / $0.count }),
      ratioInterval: Self.interval(drawn.map { $0.model / $0.raw }), itemCount: items.count)
  }

  private func add(
    _ item: HeldOutItem, _ test: [Int], _ weights: [Double]?,
    _ predictions: (model: Double, raw: Double, reference: Double), _ sums: inout Sums
  ) {
    var (top, bottom) = (0.0, 0.0)
    for question in test {
      let weight = weights?[question] ?? 1
      top += weight * item.numerators[question]
      bottom += weight * item.denominators[question]
    }
    guard bottom > 0 else { return }
    let observed = top / bottom
    sums.model += abs(predictions.model - observed)
    sums.raw += abs(predictions.raw - observed)
    sums.reference += abs(predictions.reference - observed)
    sums.count += 1
  }

  /// The fold of each question: a random order, dealt in turn.
  private func folds(of count: Int, repetition: Int) -> [Int] {
    let stream = RandomStream(seed: seed, purpose: "folds/\(repetition)")
    let order = (0..<count).sorted {
      (stream.bits(id: UInt64($0)), $0) < (stream.bits(id: UInt64($1)), $1)
    }
    var fold = [Int](repeating: 0, count: count)
    for (position, question) in order.enumerated() { fold[question] = position % folds }
    return fold
  }

  /// How often each question is drawn, with replacement.
  private func drawWeights(_ count: Int, _ repetition: Int, _ draw: Int) -> [Double] {
    let stream = RandomStream(seed: seed, purpose: "questions drawn/\(repetition)/\(draw)")
    var weights = [Double](repeating: 0, count: count)
    for index in 0..<count {
      weights[min(Int(stream.uniform(id: UInt64(index)) * Double(count)), count - 1)] += 1
    }
    return weights
  }

  private static func interval(_ values: [Double]) -> ClosedRange<Double> {
    let sorted = values.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return 0...0 }
    let low = sorted[Int(0.025 * Double(sorted.count))]
    let high = sorted[min(Int(0.975 * Double(sorted.count)), sorted.count - 1)]
    return low...high
  }
}
