import AnswerModels
import FleetEngine
import Quantities
import Workloads

/// Who is served before whom: docs/model.md, "Order of the queue".
extension SchedulingOrder {
  /// A key by which sequences that were not preempted are ordered: smaller comes first, equals in
  /// the order in which they come.
  private func key(of sequence: ReferenceSequence) -> [Int128] {
    let request = sequence.request
    let byArrival = [request.query.arrival.ticks, Int128(request.query.id)]
    let sample = Int128(request.attempt.firstSample + (sequence.sample?.index ?? 0))
    switch self {
    case .firstComeFirstServed: return []
    case .priority: return [Int128(request.query.priority)] + byArrival + [sample]
    case .shortestPrompt: return [Int128(request.promptTokens)] + byArrival + [sample]
    }
  }

  private func precedes(_ a: ReferenceSequence, _ b: ReferenceSequence) -> Bool {
    key(of: a).lexicographicallyPrecedes(key(of: b))
  }

  /// Where `sequence` joins `queue`.
  func position(of sequence: ReferenceSequence, in queue: [ReferenceSequence]) -> Int {
    switch self {
    case .priority:
      return queue.firstIndex { precedes(sequence, $0) } ?? queue.count
    case .firstComeFirstServed, .shortestPrompt:
      if sequence.wasPreempted { return 0 }
      return queue.firstIndex { !$0.wasPreempted && precedes(sequence, $0) } ?? queue.count
    }
  }

  /// The sequence that gives up its blocks when they run out.
  func victim(
    prefilling: [ReferenceSequence], decoding: [ReferenceSequence]
  ) -> ReferenceSequence? {
    guard self == .priority else { return prefilling.last ?? decoding.last }
    return (prefilling + decoding).max(by: precedes)
  }
}
