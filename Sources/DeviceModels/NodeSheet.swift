/// The server around the GPUs: power at its supply as a line in the power of its GPUs.
public struct NodeSheet: Hashable, Sendable {
  /// As in files and on the command line: lower case, hyphens.
  public var name: String
  public var title: String
  public var gpuCount: Int
  /// Watts at the supply that do not depend on the GPUs: processors, memory, network, idle fans.
  public var hostPower: Double
  /// Watts at the supply per watt of GPU: fans that spin up, conversion losses.
  public var wattsPerGPUWatt: Double
  /// Mean relative error of the line against measured wall power.
  public var relativeError: Double

  public init(
    name: String, title: String, gpuCount: Int, hostPower: Double, wattsPerGPUWatt: Double,
    relativeError: Double
  ) {
    self.name = name
    self.title = title
    self.gpuCount = gpuCount
    self.hostPower = hostPower
    self.wattsPerGPUWatt = wattsPerGPUWatt
    self.relativeError = relativeError
  }

  public var hostPowerPerGPU: Double { hostPower / Double(gpuCount) }
}
