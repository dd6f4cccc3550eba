/// What is kept of a run beside its figures, by those who need it.
public struct RunDetail: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// What each pool was asked for: for reports.
  public static let poolLoads = RunDetail(rawValue: 1)
  /// Sums over batches of queries: for comparisons.
  public static let comparison = RunDetail(rawValue: 2)
}
