public import FleetEngine
public import Foundation
public import Scenarios
public import Studies

/// `requests.csv` and `timeseries.csv` of a study, streamed while its runs go side by side.
///
/// Each run writes parts of its own; `assemble` joins them in the order of the runs, so the
/// files do not depend on which run was faster. The first run's part is the file itself.
public struct RunTables: Sendable {
  public static let requestsName = "requests.csv"
  public static let seriesName = "timeseries.csv"

  private struct Layout: Sendable {
    var policy: String
    var arms: [String]
    var pools: [String]
  }

  private let folder: URL
  private let layouts: [Layout]
  private let tasks: [String]
  private let allPools: [String]

  /// Tables of `runs` in `folder`, which exists.
  public init(folder: URL, runs: [PreparedRun], taskNames: [String]) {
    self.folder = folder
    tasks = taskNames
    layouts = runs.map { run in
      Layout(
        policy: run.policyName, arms: run.fleet.arms.map(\.name),
        pools: run.fleet.pools.map(\.name))
    }
    var seen: [String] = []
    for name in layouts.flatMap(\.pools) where !seen.contains(name) { seen.append(name) }
    allPools = seen
  }

  /// The recorder of the run at `index`; creates its files.
  public func recorder(for index: Int) throws -> TableRecorder {
    let layout = layouts[index]
    let isFirst = index == 0
    return TableRecorder(
      requests: try TableFile(
        creating: part(Self.requestsName, index),
        header: isFirst ? CSV.header(RequestRow.columns) : []),
      series: try TableFile(
        creating: part(Self.seriesName, index),
        header: isFirst ? CSV.header(IntervalRow.columns(pools: allPools)) : []),
      requestRow: RequestRow(policy: layout.policy, tasks: tasks, arms: layout.arms),
      intervalRow: IntervalRow(
        policy: layout.policy, fleetPools: layout.pools, allPools: allPools))
  }

  /// Joins the parts after every run has finished.
  public func assemble() throws {
    for name in [Self.requestsName, Self.seriesName] {
      let whole = try FileHandle(forWritingTo: part(name, 0))
      try whole.seekToEnd()
      for index in layouts.indices.dropFirst() {
        try Self.append(part(name, index), to: whole)
        try FileManager.default.removeItem(at: part(name, index))
      }
      try whole.close()
    }
  }

  private func part(_ name: String, _ index: Int) -> URL {
    folder.appending(path: index == 0 ? name : "\(name).part-\(index)")
  }

  private static func append(_ url: URL, to whole: FileHandle) throws {
    let pieceSize = 1 << 20
    let source = try FileHandle(forReadingFrom: url)
    while let piece = try source.read(upToCount: pieceSize), !piece.isEmpty {
      try whole.write(contentsOf: piece)
    }
    try source.close()
  }
}

/// Writes the rows of one run.
public struct TableRecorder: RunRecorder {
  private var requests: TableFile
  private var series: TableFile
  private let requestRow: RequestRow
  private let intervalRow: IntervalRow

  init(
    requests: TableFile, series: TableFile, requestRow: RequestRow, intervalRow: IntervalRow
  ) {
    self.requests = requests
    self.series = series
    self.requestRow = requestRow
    self.intervalRow = intervalRow
  }

  public mutating func requestEnded(_ record: RequestRecord) {
    requestRow.append(record, to: &requests.rows)
    requests.rowEnded()
  }

  public mutating func intervalEnded(_ interval: FleetInterval) {
    intervalRow.append(interval, to: &series.rows)
    series.rowEnded()
  }

  public mutating func finish() throws {
    try requests.finish()
    try series.finish()
  }
}
