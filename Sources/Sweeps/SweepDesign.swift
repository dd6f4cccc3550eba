internal import NumericalMethods
public import Scenarios

/// Which points a sweep visits, and how often.
public struct SweepDesign: Hashable, Sendable {
  public enum Sampling: Hashable, Sendable {
    /// Every combination; the last axis turns fastest.
    case grid
    /// So many points, each axis divided into as many equal parts of which each is met once.
    case latinHypercube(points: Int)
  }

  public var axes: [SweepAxis]
  public var sampling: Sampling
  /// Runs of each point, with seeds of their own: the base seed, the next, and so on. All points
  /// share them, so that points differ by what was set and not by luck.
  public var replications: Int
  public var baseSeed: UInt64

  public init(
    axes: [SweepAxis], sampling: Sampling = .grid, replications: Int = 1, baseSeed: UInt64
  ) {
    self.axes = axes
    self.sampling = sampling
    self.replications = replications
    self.baseSeed = baseSeed
  }

  /// Most points of a sweep.
  static let mostPoints = 1_000_000

  /// Every point in order, from 0.
  public func points() throws(InputError) -> [SweepPoint] {
    try checkAxes()
    switch sampling {
    case .grid: return try grid()
    case .latinHypercube(let count): return latinHypercube(count)
    }
  }

  public func seed(ofReplication replication: Int) -> UInt64 {
    baseSeed &+ UInt64(replication)
  }

  private func checkAxes() throws(InputError) {
    for (index, axis) in axes.enumerated() {
      guard !axes[..<index].contains(where: { $0.path == axis.path }) else {
        throw InputError(
          file: SweepAxisReader.place, problem: "\(axis.path) is varied twice",
          expectation: "each key once, with all of its values")
      }
      guard axis.path != "seed" else {
        throw InputError(
          file: SweepAxisReader.place, problem: "the seed is varied",
          expectation: "--replications, which runs every point with seeds of its own")
      }
    }
  }

  private func grid() throws(InputError) -> [SweepPoint] {
    var rows: [[String]] = [[]]
    for axis in axes {
      let values = try axis.gridValues()
      guard rows.count * values.count <= Self.mostPoints else {
        throw InputError(
          file: SweepAxisReader.place, problem: "the grid has too many points",
          expectation: "at most \(Self.mostPoints); --latin-hypercube takes a sample")
      }
      rows = rows.flatMap { row in values.map { row + [$0] } }
    }
    return rows.enumerated().map { point($0.offset, $0.element) }
  }

  /// McKay, Beckman, Conover, Technometrics 21 (1979): a random order of the parts on each axis,
  /// and a uniform place within each part.
  private func latinHypercube(_ count: Int) -> [SweepPoint] {
    let columns = axes.map { axis in
      let stream = RandomStream(seed: baseSeed, purpose: "latin hypercube of \(axis.path)")
      var order = Array(0..<count)
      for last in stride(from: count - 1, to: 0, by: -1) {
        let other = Int(stream.uniform(id: UInt64(last)) * Double(last + 1))
        order.swapAt(last, other)
      }
      return order.enumerated().map { position, part in
        let within = stream.uniform(id: UInt64(position), index: 1)
        return axis.value(atShare: (Double(part) + within) / Double(count))
      }
    }
    return (0..<count).map { index in point(index, columns.map { $0[index] }) }
  }

  private func point(_ index: Int, _ values: [String]) -> SweepPoint {
    SweepPoint(
      index: index,
      settings: zip(axes, values).map { ScenarioSetting(path: $0.path, value: $1) })
  }
}

/// One point of a sweep: what the scenario is set to there.
public struct SweepPoint: Hashable, Sendable {
  public var index: Int
  /// In the order of the axes.
  public var settings: [ScenarioSetting]
}

/// One simulation of a sweep: all policies at a point with one seed. Done whole or not at all.
public struct SweepUnit: Hashable, Sendable {
  public var point: SweepPoint
  public var replication: Int
  public var seed: UInt64
}
