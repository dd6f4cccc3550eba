/// n samples, each of which a verifier reads and scores; the answer of the best score counts.
///
/// The score of a sample is d·[right] + b·B + N(0, 1), with B standard normal by query and answer:
/// what the verifier likes about an answer, whoever gives it. d follows from the area under the
/// ROC curve that tells right from wrong samples, d = √2·Φ⁻¹(AUC); b makes best of n flatten and
/// fall behind the chance that any sample is right.
public struct BestOfN: Hashable, Sendable {
  public static let name = "best-of-n"
  public static let allowedSampleCounts = 1...256

  public let sampleCount: Int
  /// The model that reads the samples; nil for the arm's own.
  public let verifier: String?
  /// Area under the ROC curve of its scores, without what it likes of an answer.
  public let areaUnderCurve: Double
  /// b: how much it likes an answer, right or wrong, in standard deviations of a score.
  public let bias: Double
  public let mode: ReasoningMode

  static let parameters = ["n", "auc", "verifier", "bias", "mode"]
  static let example = "\(name):n=8,auc=0.8"

  init(_ parameters: StrategyParameters) throws(StrategyError) {
    sampleCount = try parameters.required(
      "n", try parameters.int("n", in: Self.allowedSampleCounts))
    areaUnderCurve = try parameters.required(
      "auc", try parameters.double("auc", in: StrategyParameters.areas))
    verifier = try parameters.word("verifier")
    bias = try parameters.double("bias", in: 0...10) ?? 0
    mode = try parameters.choice("mode", of: ReasoningMode.self) ?? .chainOfThought
  }

  var text: String {
    var parts = ["n=\(sampleCount)", "auc=\(areaUnderCurve)"]
    if let verifier { parts.append("verifier=\(verifier)") }
    if bias != 0 { parts.append("bias=\(bias)") }
    if mode != .chainOfThought { parts.append("mode=\(mode.rawValue)") }
    return "\(Self.name):\(parts.joined(separator: ","))"
  }
}
