/// The server around the GPUs: power at its supply as a line in the power of its GPUs.
public struct NodeSheet: Hashable, Sendable {
  /// As in files and on the command line: lower case, hyphens.
  public var name: String
  public var title: String
  public var gpuCount: Int
  /// Name of the GPUs of the server whose supply was measured.
  public var measuredGPU: String
  /// Watts at the supply that do not depend on the GPUs: processors, memory, network, idle fans.
  public var hostPower: Double
  /// Watts at the supply per watt of GPU: fans that spin up, conversion losses.
  public var wattsPerGPUWatt: Double
  /// Mean relative error of the line against measured wall power.
  public var relativeError: Double

  public init(
    name: String, title: String, gpuCount: Int, measuredGPU: String, hostPower: Double,
    wattsPerGPUWatt: Double, relativeError: Double
  ) {
    self.name = name
    self.title = title
    self.gpuCount = gpuCount
    self.measuredGPU = measuredGPU
    self.hostPower = hostPower
    self.wattsPerGPUWatt = wattsPerGPUWatt
    self.relativeError = relativeError
  }

  public var hostPowerPerGPU: Double { hostPower / Double(gpuCount) }

  /// In words, that the line is carried over to GPUs that were not in the measured server; nil
  /// where all of `gpus` (names) were.
  public func extrapolation(to gpus: [String]) -> String? {
    let others = Set(gpus).subtracting([measuredGPU]).sorted()
    guard !others.isEmpty else { return nil }
    return """
      node \(name) on \(others.joined(separator: ", ")): fitted on one server of \(gpuCount) \
      \(measuredGPU), where it is off by \((relativeError * 100).oneDecimal) % in the mean
      """
  }
}
