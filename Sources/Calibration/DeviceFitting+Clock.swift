internal import DeviceModels
internal import Scenarios

/// The answer to clocks and caps: one law for every GPU, measured on some.
extension DeviceFitting {
  func clockResponse(_ fit: inout GPUFit) {
    fit.parameters.clock = clock.clock
    var note = SectionNote(source: ClockFit.source, rowCount: clock.points.count)
    note.addErrors(
      of: clock.fit, to: GPUFit.entries("clock"), at: [\DeviceParameters.clock.voltageOffset])
    let response = settings.clockResponse
    note.sources["memory_share"] = response.memoryShare.source
    note.sources["memory_knee"] = response.memoryKnee.source
    note.sources["knee_bend"] = response.kneeBend.source
    fit.notes["clock"] = note
    fit.parameters.clockRange = clockRange(of: fit.gpu)
  }

  /// Boards with one chip answer alike, and the H200's chip is the H100's.
  private func clockRange(of gpu: GPUSheet) -> ClockRange {
    let measured = gpu.name.hasPrefix("h200") ? DeviceFitPlan.referenceGPU : gpu.name
    let chip = measured.prefix { $0 != "-" }
    let clocks = clock.leastClockShares.filter { $0.key.hasPrefix(chip) }
    let isCapped = gpu.name == clock.capped.gpu || measured == DeviceFitPlan.referenceGPU
    return ClockRange(
      clockGPU: clocks.keys.min(), capGPU: isCapped ? clock.capped.gpu : nil,
      leastClockShare: clocks.values.min() ?? 1,
      leastCapShare: isCapped ? clock.capped.share : 1)
  }
}
