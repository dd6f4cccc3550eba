public import FleetEngine
internal import NumericalMethods

/// How a bandit tries what it does not know yet.
public enum Exploration: Hashable, Sendable {
  /// Takes an arm for as good as `width` standard deviations above what is expected of it (LinUCB:
  /// Li, Chu, Langford, Schapire, WWW 2010).
  case optimism(width: Double)
  /// Draws what it believes of each arm from its posterior, with noise of `scale` (Thompson
  /// sampling with linear payoffs: Agrawal and Goyal, ICML 2013).
  case sampling(scale: Double)
}

/// Learns from a judge's labels and from the joules of its own requests which arm is worth its
/// energy: the chance of a right answer less `lambda` times the joules, both linear in what it sees
/// of the query, for each arm by itself.
///
/// Labels come late, seldom and sometimes wrong; joules are known of every request that ends.
public struct ContextualBandit: ArmChoice {
  /// Right answers that a joule must buy.
  public let lambda: Double
  public let exploration: Exploration
  private let description: QueryDescription
  private let arms: [Int]
  private let luck: RandomStream
  /// By position in `arms`.
  private var accuracy: [LinearPosterior]
  private var joules: [LinearPosterior]
  /// Of what a label says once the judge's error is taken out: slope of its expectation.
  private let labelSlope: Double

  /// `judgeError` is what the operator knows of the judge, below one half.
  public init(
    arms: [Int], description: QueryDescription, lambda: Double, exploration: Exploration,
    judgeError: Double, seed: UInt64
  ) {
    precondition(!arms.isEmpty, "a bandit without arms")
    precondition(judgeError >= 0 && judgeError < 0.5, "a judge that errs \(judgeError)")
    self.arms = arms
    self.description = description
    self.lambda = lambda
    self.exploration = exploration
    labelSlope = 1 - 2 * judgeError
    luck = RandomStream(seed: seed, purpose: "bandit")
    let blank = LinearPosterior(featureCount: description.featureCount)
    accuracy = Array(repeating: blank, count: arms.count)
    joules = accuracy
  }

  public var learns: Bool { true }

  public func chooseArm(for request: RequestView, in fleet: FleetView) -> Int {
    let features = description.features(request)
    var best = (position: 0, score: -Double.infinity)
    for position in arms.indices where !fleet.replicasByArm[arms[position]].isEmpty {
      let score = score(position, features, id: request.id)
      if score > best.score { best = (position, score) }
    }
    return arms[best.position]
  }

  private func score(_ position: Int, _ features: [Double], id: UInt64) -> Double {
    let mean = accuracy[position].mean(features)
    let deviation = accuracy[position].deviation(features)
    let believed =
      switch exploration {
      case .optimism(let width): mean + width * deviation
      case .sampling(let scale):
        mean + scale * deviation
          * StandardNormal.quantile(luck.uniform(id: id, index: UInt64(arms[position])))
      }
    return believed - lambda * max(0, joules[position].mean(features))
  }

  public mutating func requestEnded(_ ended: EndedRequest) {
    guard let position = arms.firstIndex(of: ended.arm), ended.outcome == .completed else { return }
    joules[position].observe(description.features(ended.request), ended.joules)
  }

  public mutating func answerJudged(_ ended: EndedRequest, isCorrect: Bool) {
    guard let position = arms.firstIndex(of: ended.arm) else { return }
    // A label is right with chance 1 - e: unbiased once e is taken out and the rest stretched.
    let error = (1 - labelSlope) / 2
    let value = ((isCorrect ? 1 : 0) - error) / labelSlope
    accuracy[position].observe(description.features(ended.request), value)
  }
}
