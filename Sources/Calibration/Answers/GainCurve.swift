internal import AnswerModels
internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// The gain of a vote as a function of a model's accuracy, where all models share the task's
/// spreads: computed at some accuracies, read between them.
struct GainCurve {
  private var logits: [Double] = []
  private var gains: [Double] = []

  private static let points = 9

  init(
    response: ItemResponse, answers: AnswerSpace, latent: LatentQueries, votes: Int,
    accuracies: [Double]
  ) throws {
    let solver = try AbilitySolver(task: "of the check", answers: answers, response: response)
    let sorted = accuracies.map(Self.logit).sorted()
    guard let low = sorted.first, let high = sorted.last else { return }
    for index in 0..<Self.points {
      let logit = low + (high - low) * Double(index) / Double(Self.points - 1)
      let law = try solver.law(accuracy: 1 / (1 + exp(-logit)))
      logits.append(logit)
      gains.append(latent.voteGain(of: law, votes: [votes])[0])
    }
  }

  /// Linear between the points.
  func callAsFunction(_ accuracy: Double) -> Double {
    let logit = Self.logit(accuracy)
    guard let low = logits.first, let high = logits.last, high > low else { return gains[0] }
    let position = (logit - low) / (high - low) * Double(Self.points - 1)
    let cell = min(max(Int(position), 0), Self.points - 2)
    let t = min(max(position - Double(cell), 0), 1)
    return gains[cell] + t * (gains[cell + 1] - gains[cell])
  }

  private static func logit(_ accuracy: Double) -> Double { log(accuracy / (1 - accuracy)) }
}
