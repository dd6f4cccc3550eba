/// How the weights of a checkpoint are stored. Embeddings, output projection, norms, biases and
/// routers are bfloat16 in every format, as checkpoints and serving engines leave them.
public enum WeightFormat: String, CaseIterable, Hashable, Sendable {
  case bfloat16 = "bf16"
  /// Projections of attention and feed-forward blocks in 8 bits, experts included. Their scales
  /// (one for 128 × 128 weights, or fewer) are left out.
  case fp8
  /// Experts in blocks of 32 weights of 4 bits with a scale of 8 (OCP Microscaling Formats 1.0,
  /// MXFP4); projections outside the experts stay bfloat16.
  case mxfp4

  /// Of what no format touches.
  public static let plainBytesPerWeight: Double = 2

  /// Bytes of one weight of attention, of dense feed-forward blocks and of shared experts.
  public var bytesPerProjectionWeight: Double {
    switch self {
    case .bfloat16, .mxfp4: Self.plainBytesPerWeight
    case .fp8: 1
    }
  }

  /// Bytes of one weight of a routed expert.
  public var bytesPerExpertWeight: Double {
    switch self {
    case .bfloat16: Self.plainBytesPerWeight
    case .fp8: 1
    case .mxfp4: (32 * 4 + 8) / 8 / 32
    }
  }
}
