/// Self-consistency: k samples, and the answer that most of them give (Wang et al. 2022,
/// arXiv 2203.11171). Ties are broken at random.
public struct MajorityVote: Hashable, Sendable {
  /// How the samples are served.
  public enum Order: String, CaseIterable, Sendable {
    /// In one request, side by side: they share the prompt's KV.
    case parallel
    /// One after another.
    case serial
    /// Side by side as requests of their own, each on the replica that the policy wants.
    case spread
  }

  /// When samples that are not needed any more are spared.
  public enum Stop: String, CaseIterable, Sendable {
    case never
    /// As soon as the lead cannot be lost; samples in flight are cancelled.
    case decided
  }

  public static let name = "majority-vote"
  /// Bounds the work of one vote; published votes use up to 256 samples.
  public static let allowedSampleCounts = 1...256

  public let sampleCount: Int
  public var order = Order.parallel
  public var stopsWhenDecided = false
  public var mode = ReasoningMode.chainOfThought

  public init(sampleCount: Int) {
    precondition(Self.allowedSampleCounts.contains(sampleCount), "a vote of \(sampleCount)")
    self.sampleCount = sampleCount
  }

  static let parameters = ["k", "order", "stop", "mode"]

  init(_ parameters: StrategyParameters) throws(StrategyError) {
    self.init(
      sampleCount: try parameters.required(
        "k", try parameters.int("k", in: Self.allowedSampleCounts)))
    order = try parameters.choice("order", of: Order.self) ?? .parallel
    stopsWhenDecided = try parameters.choice("stop", of: Stop.self) == .decided
    mode = try parameters.choice("mode", of: ReasoningMode.self) ?? .chainOfThought
  }

  var text: String {
    var parts = ["k=\(sampleCount)"]
    if order != .parallel { parts.append("order=\(order.rawValue)") }
    if stopsWhenDecided { parts.append("stop=decided") }
    if mode != .chainOfThought { parts.append("mode=\(mode.rawValue)") }
    return "\(Self.name):\(parts.joined(separator: ","))"
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
