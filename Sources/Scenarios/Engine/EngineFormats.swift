internal import DeviceModels

/// How keys and values are kept in the cache.
enum KVCacheType: Equatable {
  /// As the model's sheet says.
  case ofModel
  case bits16
  case bits8

  /// The names to write, in a scenario; `names` has vLLM's others too.
  static let usual = ["auto", "bf16", "fp8"]

  private static let names: [String: KVCacheType] = [
    "auto": .ofModel, "bf16": .bits16, "bfloat16": .bits16, "float16": .bits16, "fp8": .bits8,
    "fp8_e4m3": .bits8, "fp8_e5m2": .bits8,
  ]

  /// Bytes of one cached key or value; nil where the model says.
  var bytesPerElement: Double? {
    switch self {
    case .ofModel: nil
    case .bits16: 2
    case .bits8: 1
    }
  }

  static func read(_ value: YAMLValue) throws(InputError) -> KVCacheType {
    let text = try value.string()
    guard let type = names[text] else {
      throw value.isNot(
        InputError.oneOf(usual), suggestion: NearestName.to(text, among: names.keys.sorted()))
    }
    return type
  }
}

/// How an engine is told to keep weights.
enum WeightQuantization {
  /// The names to write, in a scenario; vLLM's others are known too.
  static let usual = ["auto", "bf16", "fp8", "mxfp4"]

  /// What leaves it to the checkpoint.
  private static let ofCheckpoint = ["auto", "none", "None"]

  private static let formats: [String: WeightFormat] = [
    "bf16": .bfloat16, "bfloat16": .bfloat16, "fp8": .fp8, "fbgemm_fp8": .fp8, "ptpc_fp8": .fp8,
    "mxfp4": .mxfp4,
  ]

  static func isKnown(_ name: String) -> Bool {
    formats[name] != nil || ofCheckpoint.contains(name)
  }

  /// Nil where the checkpoint says.
  static func read(_ value: YAMLValue, of model: ModelSheet) throws(InputError) -> WeightFormat? {
    let text = try value.string()
    guard isKnown(text) else {
      throw value.isNot(
        InputError.oneOf(usual), suggestion: NearestName.to(text, among: formats.keys.sorted()))
    }
    guard formats[text] != .mxfp4 || model.experts != nil else {
      throw value.error(
        "\(value.label) is mxfp4, and \(model.name) has no experts",
        expected: "a mixture of experts, whose experts alone are stored so")
    }
    return formats[text]
  }
}
