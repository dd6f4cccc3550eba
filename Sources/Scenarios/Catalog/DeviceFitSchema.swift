public import DeviceModels

/// Where each fitted number of a GPU stands in its `.fit.yaml`, in the order of the file.
///
/// Reading and writing go through this one table, so that they cannot disagree.
public struct DeviceFitSchema: Sendable {
  public struct Entry: Sendable {
    public let key: String
    public let unit: String
    public let bounds: Bounds
    public let path: any WritableKeyPath<DeviceParameters, Double> & Sendable
  }

  public struct Section: Sendable {
    public let name: String
    public let entries: [Entry]
  }

  static func entry(
    _ key: String, _ unit: String, _ bounds: Bounds,
    _ path: any WritableKeyPath<DeviceParameters, Double> & Sendable
  ) -> Entry {
    Entry(key: key, unit: unit, bounds: bounds, path: path)
  }

  public static let sections: [Section] = [
    Section(
      name: "matrix_products",
      entries: [
        entry("compute_efficiency", "1", .positive, \.kernels.gemmComputeEfficiency),
        entry("bandwidth_efficiency", "1", .positive, \.kernels.gemmBandwidthEfficiency),
        entry("latency", "s", .nonNegative, \.kernels.gemmLatency),
        entry("fp8_tile_rows", "1", .positive, \.kernels.fp8TileRows),
        entry("expert_tile_width", "1", .positive, \.kernels.expertTileWidth),
        entry("expert_alignment", "1", .positive, \.kernels.expertAlignment),
      ]),
    Section(
      name: "decode_attention",
      entries: [
        entry(
          "bandwidth_efficiency", "1", .positive, \.kernels.decodeAttentionBandwidthEfficiency),
        entry("latency", "s", .nonNegative, \.kernels.decodeAttentionLatency),
        entry("time_per_head", "s", .nonNegative, \.kernels.decodeAttentionTimePerHead),
      ]),
    Section(
      name: "prefill_attention",
      entries: [
        entry("compute_efficiency", "1", .positive, \.kernels.prefillAttentionComputeEfficiency),
        entry(
          "bandwidth_efficiency", "1", .positive, \.kernels.prefillAttentionBandwidthEfficiency),
        entry("latency", "s", .nonNegative, \.kernels.prefillAttentionLatency),
      ]),
    Section(
      name: "all_reduce",
      entries: [
        entry("latency", "s", .nonNegative, \.kernels.allReduceLatency),
        entry("link_efficiency", "1", .positive, \.kernels.allReduceLinkEfficiency),
      ]),
    Section(
      name: "activations",
      entries: [
        entry("bytes", "byte", .positive, \.kernels.activations.bytesPerActivation),
        entry("hidden_passes", "1", .nonNegative, \.kernels.activations.hiddenPasses),
        entry("feed_forward_passes", "1", .nonNegative, \.kernels.activations.feedForwardPasses),
        entry("projection_passes", "1", .nonNegative, \.kernels.activations.projectionPasses),
      ]),
    Section(
      name: "engine",
      entries: [
        entry("kernel_scale", "1", .positive, \.engine.kernelScale),
        entry("time_per_iteration", "s", .nonNegative, \.engine.timePerIteration),
        entry("time_per_layer", "s", .nonNegative, \.engine.timePerLayer),
        entry("time_per_row", "s", .nonNegative, \.engine.timePerRow),
        entry("row_exponent", "1", .positiveFraction, \.engine.rowExponent),
        entry("row_overlap_order", "1", .between(1...64), \.engine.rowOverlapOrder),
        entry("time_per_logit", "s", .nonNegative, \.engine.timePerLogit),
        entry("time_per_logit_without_sort", "s", .nonNegative, \.engine.timePerLogitWithoutSort),
        entry("row_scale_without_sort", "1", .positive, \.engine.rowScaleWithoutSort),
        entry(
          "time_per_four_bit_expert_layer", "s", .nonNegative,
          \.engine.timePerFourBitExpertLayer),
        entry("narrow_row_share", "1", .positiveFraction, \.engine.narrowRowShare),
        entry("expert_scale", "1", .between(1...16), \.engine.expertScale),
        entry(
          "quantized_expert_padding", "1", .nonNegative, \.engine.quantizedExpertPadding),
      ]),
    Section(
      name: "memory",
      entries: [
        entry("reserved", "byte", .nonNegative, \.engine.reservedBytes),
        entry("communication", "byte", .nonNegative, \.engine.communicationBytes),
      ]),
    Section(
      name: "power",
      entries: [
        entry("sleep", "W", .nonNegative, \.power.sleepPower),
        entry("unloaded_idle", "W", .nonNegative, \.power.unloadedIdlePower),
        entry("idle", "W", .nonNegative, \.power.idlePower),
        entry("gap", "W", .nonNegative, \.power.gapPower),
        entry("sampling", "W", .nonNegative, \.power.samplingPower),
        entry(
          "sampling_without_sort", "W", .nonNegative, \.power.samplingPowerWithoutSort),
        entry("communication", "W", .nonNegative, \.power.communicationPower),
        entry("kernel_floor", "W", .nonNegative, \.power.kernelFloorPower),
        entry("bandwidth", "W", .nonNegative, \.power.bandwidthPower),
        entry("bandwidth_exponent", "1", .positiveFraction, \.power.bandwidthExponent),
        entry("compute", "W", .nonNegative, \.power.computePower),
        entry("compute_exponent", "1", .positiveFraction, \.power.computeExponent),
        entry("cap", "W", .positive, \.power.powerCap),
        entry("cap_order", "1", .between(1...64), \.power.capOrder),
      ]),
    Section(
      name: "clock",
      entries: [
        entry("voltage_offset", "1", .fraction, \.clock.voltageOffset),
        entry("memory_share", "1", .fraction, \.clock.memoryShare),
        entry("memory_knee", "1", .fraction, \.clock.memoryKnee),
        entry("knee_bend", "1", .positive, \.clock.kneeBend),
      ]),
  ]
}

extension DeviceParameters {
  /// Every number 0, the ranges empty: to be filled field by field.
  public static let blank = DeviceParameters(
    kernels: KernelParameters(
      gemmComputeEfficiency: 0, gemmBandwidthEfficiency: 0, gemmLatency: 0,
      decodeAttentionBandwidthEfficiency: 0, decodeAttentionLatency: 0,
      decodeAttentionTimePerHead: 0, prefillAttentionComputeEfficiency: 0,
      prefillAttentionBandwidthEfficiency: 0, prefillAttentionLatency: 0, allReduceLatency: 0,
      allReduceLinkEfficiency: 0,
      activations: ActivationTraffic(
        bytesPerActivation: 0, hiddenPasses: 0, feedForwardPasses: 0, projectionPasses: 0)),
    engine: EngineParameters(
      kernelScale: 0, timePerIteration: 0, timePerRow: 0, rowExponent: 1, timePerLogit: 0,
      reservedBytes: 0, communicationBytes: 0),
    power: PowerParameters(
      sleepPower: 0, unloadedIdlePower: 0, idlePower: 0, gapPower: 0, samplingPower: 0,
      kernelFloorPower: 0, bandwidthPower: 0,
      bandwidthExponent: 0, computePower: 0, computeExponent: 0, communicationPower: 0,
      powerCap: 0, capOrder: 1),
    clock: ClockParameters(voltageOffset: 0, memoryShare: 0, memoryKnee: 0, kneeBend: 1),
    engineRange: CalibratedRange(
      gpu: "", decodeRows: 0...0, contextTokens: 0...0, promptTokens: 0...0,
      modelParameters: 0...0, tensorParallelDegrees: 0...0),
    powerRange: nil,
    clockRange: ClockRange(
      clockGPU: nil, capGPU: nil, leastClockShare: 1, leastCapShare: 1))
}
