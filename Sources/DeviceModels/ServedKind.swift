/// A kind of model that serving measurements tell of: engines run dense models and mixtures of
/// experts, and weights of each format, by different kernels.
public struct ServedKind: Hashable, Sendable {
  public var hasExperts: Bool
  public var weightFormat: WeightFormat

  public init(hasExperts: Bool, weightFormat: WeightFormat) {
    self.hasExperts = hasExperts
    self.weightFormat = weightFormat
  }

  public init(_ model: ModelSheet) {
    self.init(hasExperts: model.experts != nil, weightFormat: model.weightFormat)
  }

  public static let dense = ServedKind(hasExperts: false, weightFormat: .bfloat16)

  /// In the order in which lists name them.
  public static let all = [false, true].flatMap { hasExperts in
    WeightFormat.allCases.map { ServedKind(hasExperts: hasExperts, weightFormat: $0) }
  }

  /// As files and warnings write it: `dense-bf16`, `experts-fp8`.
  public var name: String {
    "\(hasExperts ? "experts" : "dense")-\(weightFormat.rawValue)"
  }
}
