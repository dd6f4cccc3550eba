/// What came of one unit of a sweep.
public struct SweepOutcome: Codable, Hashable, Sendable {
  public var point: Int
  public var replication: Int
  public var seed: UInt64
  /// Why the point cannot be simulated, as a model that does not fit its GPUs; nil where it was.
  public var problem: String?
  /// By policy; empty where there is a problem.
  public var rows: [SweepRow]
  /// Time that the simulation took on its machine.
  public var wallSeconds: Double

  public init(
    unit: SweepUnit, problem: String? = nil, rows: [SweepRow] = [], wallSeconds: Double
  ) {
    point = unit.point.index
    replication = unit.replication
    seed = unit.seed
    self.problem = problem
    self.rows = rows
    self.wallSeconds = wallSeconds
  }
}
