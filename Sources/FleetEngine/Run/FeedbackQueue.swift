internal import NumericalMethods
internal import Quantities

/// Judgments on their way to the policy, in order of time: the delay is the same for all.
struct FeedbackQueue {
  private struct Judgment {
    var time: SimTime
    var ended: EndedRequest
    var isCorrect: Bool
  }

  private let judge: Judge?
  private let labels: RandomStream
  private var judgments: [Judgment] = []
  private var first = 0

  init(_ judge: Judge?) {
    self.judge = judge
    labels = RandomStream(seed: judge?.seed ?? 0, purpose: "judge")
  }

  /// Notes an answer of which the truth is `isCorrect`, if it is one that gets judged.
  mutating func note(_ ended: EndedRequest, isCorrect: Bool, at now: SimTime) {
    guard let judge else { return }
    let luck = labels.uniforms(id: ended.request.id)
    guard luck.0 < judge.labelRate else { return }
    judgments.append(
      Judgment(
        time: now + judge.delay, ended: ended, isCorrect: isCorrect != (luck.1 < judge.error)))
  }

  /// The next judgment that is known by `now`.
  mutating func next(by now: SimTime) -> (ended: EndedRequest, isCorrect: Bool)? {
    guard first < judgments.count, judgments[first].time <= now else { return nil }
    let judgment = judgments[first]
    first += 1
    if first > 1_024, 2 * first > judgments.count {
      judgments.removeFirst(first)
      first = 0
    }
    return (judgment.ended, judgment.isCorrect)
  }
}
