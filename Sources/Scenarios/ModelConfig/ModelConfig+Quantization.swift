internal import DeviceModels

/// `quantization_config`: how the checkpoint stores its weights.
extension ModelConfig {
  private static let known = ["fp8", "mxfp4", "fbgemm_fp8", "modelopt", "compressed-tensors"]

  func weightFormat(hasExperts: Bool) throws -> WeightFormat {
    guard
      let value = root.present("quantization_config") ?? text.present("quantization_config")
    else { return .bfloat16 }
    let yaml = try value.openMapping()
    let method = try yaml["quant_method"]
    switch try method.string() {
    case "fp8", "fbgemm_fp8": return .fp8
    case "mxfp4":
      guard hasExperts else {
        throw method.error(
          "quant_method is \"mxfp4\" and there are no experts", expected: "a mixture of experts")
      }
      return .mxfp4
    case "modelopt": return try modelOptimizer(yaml)
    case "compressed-tensors": return try compressedTensors(yaml)
    case let other:
      throw method.error(
        "the quantization \"\(other)\" is not modelled", expected: InputError.oneOf(Self.known),
        suggestion: NearestName.to(other, among: Self.known))
    }
  }

  private func modelOptimizer(_ yaml: YAMLMapping) throws -> WeightFormat {
    let algorithm = try yaml["quant_algo"]
    let written = try algorithm.string()
    guard written.lowercased().hasPrefix("fp8") else {
      throw algorithm.error("the quantization \"\(written)\" is not modelled", expected: "FP8")
    }
    return .fp8
  }

  /// Every group must keep its weights in 8-bit floating point.
  private func compressedTensors(_ yaml: YAMLMapping) throws -> WeightFormat {
    let groups = try yaml["config_groups"].openMapping()
    guard !groups.keys.isEmpty else { throw groups.error("config_groups is empty") }
    for key in groups.keys {
      let weights = try groups[key].openMapping()["weights"].openMapping()
      let bits = try weights["num_bits"]
      let type = try weights["type"].string()
      guard try bits.int(in: 1...64) == 8, type == "float" else {
        throw bits.error(
          "weights of \(bits.written) bits (\(type)) are not modelled",
          expected: "8-bit floating point")
      }
    }
    return .fp8
  }
}
