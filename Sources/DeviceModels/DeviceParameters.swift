/// Everything fitted about one kind of GPU under one serving engine.
public struct DeviceParameters: Hashable, Sendable {
  public var kernels: KernelParameters
  public var engine: EngineParameters
  public var power: PowerParameters
  public var clock: ClockParameters
  /// What the engine was fitted on.
  public var engineRange: CalibratedRange
  /// What the power was fitted on; nil where no served model was measured.
  public var powerRange: CalibratedRange?
  /// What the answer to clocks and caps was fitted on.
  public var clockRange: ClockRange

  public init(
    kernels: KernelParameters, engine: EngineParameters, power: PowerParameters,
    clock: ClockParameters, engineRange: CalibratedRange, powerRange: CalibratedRange?,
    clockRange: ClockRange
  ) {
    self.kernels = kernels
    self.engine = engine
    self.power = power
    self.clock = clock
    self.engineRange = engineRange
    self.powerRange = powerRange
    self.clockRange = clockRange
  }
}
