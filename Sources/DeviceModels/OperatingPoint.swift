/// What an operator sets on the GPUs of a replica; nil where they are left as shipped.
public struct OperatingPoint: Hashable, Sendable {
  /// Highest graphics clock that they may take, MHz (`nvidia-smi --lock-gpu-clocks`).
  public var clockMegahertz: Double?
  /// Power limit of each, W (`nvidia-smi --power-limit`).
  public var capWatts: Double?

  public static let asShipped = OperatingPoint()

  public init(clockMegahertz: Double? = nil, capWatts: Double? = nil) {
    self.clockMegahertz = clockMegahertz
    self.capWatts = capWatts
  }

  /// In words, for one line of a report; nil as shipped.
  public var text: String? {
    let parts = [
      clockMegahertz.map { "clock \(Self.plain($0)) MHz" },
      capWatts.map { "cap \(Self.plain($0)) W" },
    ].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func plain(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
