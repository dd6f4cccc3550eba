/// Self-consistency: k samples, and the answer that most of them give (Wang et al. 2022,
/// arXiv 2203.11171). Ties are broken at random.
public struct MajorityVote: Hashable, Sendable {
  public static let name = "majority-vote"
  /// Bounds the work of one vote; published votes use up to 256 samples.
  public static let allowedSampleCounts = 1...256

  public let sampleCount: Int

  public init(sampleCount: Int) {
    precondition(Self.allowedSampleCounts.contains(sampleCount), "a vote of \(sampleCount)")
    self.sampleCount = sampleCount
  }

  init(parameters: Strategy.Parameters) throws(StrategyError) {
    guard let text = parameters.first(where: { $0.name == "k" })?.value else {
      throw .missingParameter("k", strategy: Self.name)
    }
    guard let count = Int(text), Self.allowedSampleCounts.contains(count) else {
      throw .invalidValue(
        text, parameter: "k", strategy: Self.name, allowed: Self.allowedSampleCounts)
    }
    self.init(sampleCount: count)
  }

  /// The index of the largest count; among equals the one that `tieBreak`, uniform on (0, 1),
  /// picks. `counts` holds at least one positive count.
  static func winner(_ counts: UnsafeBufferPointer<Int>, tieBreak: Double) -> Int {
    var most = 0
    var equals = 0
    for count in counts {
      if count > most { (most, equals) = (count, 1) } else if count == most { equals += 1 }
    }
    var skip = Int(tieBreak * Double(equals))
    for (answer, count) in counts.enumerated() where count == most {
      if skip == 0 { return answer }
      skip -= 1
    }
    preconditionFailure("no answer among \(counts.count) has the largest count \(most)")
  }
}
