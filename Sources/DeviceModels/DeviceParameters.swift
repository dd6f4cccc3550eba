/// Everything fitted about one kind of GPU under one serving engine.
public struct DeviceParameters: Hashable, Sendable {
  public var kernels: KernelParameters
  public var engine: EngineParameters
  public var power: PowerParameters
  /// What the engine was fitted on.
  public var engineRange: CalibratedRange
  /// What the power was fitted on; nil where no served model was measured.
  public var powerRange: CalibratedRange?

  public init(
    kernels: KernelParameters, engine: EngineParameters, power: PowerParameters,
    engineRange: CalibratedRange, powerRange: CalibratedRange?
  ) {
    self.kernels = kernels
    self.engine = engine
    self.power = power
    self.engineRange = engineRange
    self.powerRange = powerRange
  }
}
