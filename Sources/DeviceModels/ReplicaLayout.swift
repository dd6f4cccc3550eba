/// What the rows of a batch are about, as far as their choice of experts goes.
public enum ExpertTraffic: String, CaseIterable, Hashable, Sendable {
  /// Rows choose their experts independently.
  case mixed
  /// Rows of one subject choose alike, so that together they reach fewer experts.
  case narrow
}

/// How one copy of a model is spread over GPUs of one node, what it does with its logits, and what
/// its rows have in common.
public struct ReplicaLayout: Hashable, Sendable {
  /// GPUs that share each layer, by heads and by columns (Megatron's scheme).
  public var tensorParallelDegree: Int

  /// Whether each GPU holds whole experts (vLLM's `--enable-expert-parallel`) instead of a slice
  /// of every expert.
  public var distributesExperts: Bool
  /// How the next token is drawn; nil for what the model's own settings ask.
  public var sampler: Sampler?
  /// How alike its rows choose their experts; without effect on dense models.
  public var expertTraffic: ExpertTraffic

  public init(
    tensorParallelDegree: Int = 1, distributesExperts: Bool = false, sampler: Sampler? = nil,
    expertTraffic: ExpertTraffic = .mixed
  ) {
    self.tensorParallelDegree = tensorParallelDegree
    self.distributesExperts = distributesExperts
    self.sampler = sampler
    self.expertTraffic = expertTraffic
  }

  public var gpuCount: Int { tensorParallelDegree }

  /// Key-value heads that each GPU holds: copies where there are fewer heads than GPUs.
  public func keyValueHeadsPerGPU(of model: ModelSheet) -> Int {
    max(1, model.keyValueHeadCount / tensorParallelDegree)
  }
}

/// Why a model cannot be served on a GPU in the layout asked for.
public enum LayoutError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The degree does not divide the attention heads (and key-value heads, or they it).
  case headsDoNotDivide(model: String, heads: Int, keyValueHeads: Int, degree: Int)
  /// Weights and working memory leave no room for the KV cache. Gibibytes per GPU; the smallest
  /// degree that fits, or nil if none does up to the largest of one node.
  case doesNotFit(
    model: String, gpu: String, degree: Int, requiredGibibytes: Double,
    availableGibibytes: Double, smallestDegree: Int?, largestDegree: Int)

  public var description: String {
    switch self {
    case .headsDoNotDivide(let model, let heads, let keyValueHeads, let degree):
      return """
        \(model) has \(heads) attention heads and \(keyValueHeads) key-value heads, \
        which \(degree) GPUs cannot share evenly
        """
    case .doesNotFit(
      let model, let gpu, let degree, let required, let available, let smallest, let largest):
      let advice =
        smallest.map { "tensor parallel \($0) is the smallest that fits" }
        ?? "no tensor parallel degree up to \(largest) fits"
      return """
        \(model) does not fit \(gpu) at tensor parallel \(degree): each GPU needs \
        \(required.oneDecimal) GiB and has \(available.oneDecimal) GiB to use; \(advice)
        """
    }
  }
}

extension Double {
  /// Of a number that is not negative, for messages.
  var oneDecimal: String {
    let tenths = Int((self * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
