/// A policy as a point: what it spends on a request, and how often it is right.
public struct PolicyPoint: Hashable, Sendable {
  public var name: String
  /// Joules, in the study's scope, idle included.
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

  /// The hypervolume of a front: the share of the rectangle from no energy and accuracy 1 to
  /// `energyLimit` joules and accuracy 0 that lies behind one of the points (E. Zitzler and
  /// L. Thiele, IEEE Transactions on Evolutionary Computation 3, 1999). More is better.
  static func hypervolume(of points: [Self], energyLimit: Double) -> Double {
    var area = 0.0
    var reached = 0.0
    for point in paretoFront(of: points) where point.accuracy > reached {
      area += max(0, energyLimit - point.energyPerRequest) * (point.accuracy - reached)
      reached = point.accuracy
    }
    return area / energyLimit
  }
}

/// The random mixes of some arms: what a coin reaches that sends each query to one of two of
/// them, but for what the batch sizes change.
struct RandomMixes {
  /// The lower convex hull of energy over accuracy, from the cheapest point to the most accurate.
  let corners: [PolicyPoint]

  init(of points: [PolicyPoint]) {
    var hull: [PolicyPoint] = []
    for point in PolicyPoint.paretoFront(of: points) {
      guard point.accuracy > (hull.last?.accuracy ?? -1) else { continue }
      while hull.count >= 2, !Self.turns(hull[hull.count - 2], hull[hull.count - 1], point) {
        hull.removeLast()
      }
      hull.append(point)
    }
    corners = hull
  }

  /// Whether `b` lies below the line from `a` to `c`.
  private static func turns(_ a: PolicyPoint, _ b: PolicyPoint, _ c: PolicyPoint) -> Bool {
    (b.energyPerRequest - a.energyPerRequest) * (c.accuracy - a.accuracy)
      < (c.energyPerRequest - a.energyPerRequest) * (b.accuracy - a.accuracy)
  }

  /// Least energy per request (J) at which a mix is right at least so often; nil where none is.
  func energyPerRequest(atAccuracy accuracy: Double) -> Double? {
    guard let upper = corners.firstIndex(where: { $0.accuracy >= accuracy }) else { return nil }
    let high = corners[upper]
    guard upper > 0 else { return high.energyPerRequest }
    let low = corners[upper - 1]
    let share = (accuracy - low.accuracy) / (high.accuracy - low.accuracy)
    return low.energyPerRequest + share * (high.energyPerRequest - low.energyPerRequest)
  }

  /// The two arms between which the mixes of this accuracy lie; one where it is a corner or less.
  func arms(atAccuracy accuracy: Double) -> [String] {
    guard let upper = corners.firstIndex(where: { $0.accuracy >= accuracy }) else { return [] }
    guard upper > 0, corners[upper].accuracy > accuracy else { return [corners[upper].name] }
    return [corners[upper - 1].name, corners[upper].name]
  }

  /// The hypervolume of all mixes together; that of `PolicyPoint` counts steps, this slopes.
  func hypervolume(energyLimit: Double) -> Double {
    guard let first = corners.first else { return 0 }
    var area = max(0, energyLimit - first.energyPerRequest) * first.accuracy
    for (low, high) in zip(corners, corners.dropFirst()) {
      let mean = (low.energyPerRequest + high.energyPerRequest) / 2
      area += max(0, energyLimit - mean) * (high.accuracy - low.accuracy)
    }
    return area / energyLimit
  }
}
