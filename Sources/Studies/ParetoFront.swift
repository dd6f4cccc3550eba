/// A policy as a point: what it spends on a request, and how often it is right.
public struct PolicyPoint: Hashable, Sendable {
  public var name: String
  /// Joules.
  public var energyPerRequest: Double
  /// Share of right answers, 0 to 1.
  public var accuracy: Double

  public init(name: String, energyPerRequest: Double, accuracy: Double) {
    self.name = name
    self.energyPerRequest = energyPerRequest
    self.accuracy = accuracy
  }

  /// At least as good as `other` in both, and better in one.
  func dominates(_ other: Self) -> Bool {
    energyPerRequest <= other.energyPerRequest && accuracy >= other.accuracy
      && (energyPerRequest < other.energyPerRequest || accuracy > other.accuracy)
  }

  /// The points that no other dominates, by rising energy; equal points all stay.
  public static func paretoFront(of points: [Self]) -> [Self] {
    points.filter { point in !points.contains { $0.dominates(point) } }
      .sorted { ($0.energyPerRequest, $0.name) < ($1.energyPerRequest, $1.name) }
  }
}
