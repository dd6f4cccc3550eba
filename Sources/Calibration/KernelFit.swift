internal import DeviceModels
internal import Scenarios

/// Fits of the four kinds of kernel to their tables.
struct KernelFit {
  /// Relative residuals beyond this count linearly.
  let lossScale: Double
  let rowLimit: Int

  private func fit(
    _ samples: KernelSamples, start: [Double],
    _ paths: [WritableKeyPath<KernelParameters, Double>],
    _ seconds: (KernelParameters, Double, Double) -> Double
  ) throws -> PositiveFit {
    let rows = samples.thinned(to: rowLimit)
    var kernels = DeviceParameters.blank.kernels
    return try PositiveFit(start: start, measured: rows.seconds, lossScale: lossScale) {
      parameters, output in
      for (path, value) in zip(paths, parameters) { kernels[keyPath: path] = value }
      for i in output.indices { output[i] = seconds(kernels, rows.first[i], rows.second[i]) }
    }
  }

  func matrixProducts(_ samples: KernelSamples) throws -> PositiveFit {
    try fit(
      samples, start: [0.7, 0.8, 4e-6],
      [\.gemmComputeEfficiency, \.gemmBandwidthEfficiency, \.gemmLatency]
    ) { $0.matrixProductSeconds(computeAtPeak: $1, memoryAtPeak: $2) }
  }

  func decodeAttention(_ samples: KernelSamples) throws -> PositiveFit {
    try fit(
      samples, start: [0.8, 1e-5, 2e-8],
      [
        \.decodeAttentionBandwidthEfficiency, \.decodeAttentionLatency,
        \.decodeAttentionTimePerHead,
      ]
    ) { $0.decodeAttentionSeconds(rowHeads: $1, memoryAtPeak: $2) }
  }

  func prefillAttention(_ samples: KernelSamples) throws -> PositiveFit {
    try fit(
      samples, start: [0.6, 0.5, 1e-5],
      [
        \.prefillAttentionComputeEfficiency, \.prefillAttentionBandwidthEfficiency,
        \.prefillAttentionLatency,
      ]
    ) { $0.prefillAttentionSeconds(computeAtPeak: $1, memoryAtPeak: $2) }
  }

  /// The latency of these tables includes the launch from the host, which a graph does not pay.
  func allReduces(_ samples: KernelSamples) throws -> PositiveFit {
    try fit(samples, start: [1e-5, 0.6], [\.allReduceLatency, \.allReduceLinkEfficiency]) {
      $0.allReduceSeconds(linkAtPeak: $2)
    }
  }
}
