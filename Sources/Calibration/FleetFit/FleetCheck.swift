internal import DeviceModels
public import Foundation
internal import Scenarios

/// Predictions beside measurements: those that the fit has not seen, where it says what it saw.
public struct FleetCheck: Sendable {
  /// One quantity of one window or row.
  public struct Row: Sendable, Encodable {
    public let quantity: String
    public let unit: String
    public let place: String
    public let gpu: String
    public let model: String
    public let decodeRows: Double
    public let measured: Double
    public let predicted: Double
    /// predicted / measured - 1.
    public let error: Double
    /// Why the row is told apart from the others; nil for most.
    public let caveat: String?
  }

  /// Errors over many rows, as shares of what was measured.
  public struct Summary: Sendable, Encodable {
    public let quantity: String
    public let gpu: String
    /// Nil for all.
    public let model: String?
    /// Power of two nearest to the sequences decoding; nil for all.
    public let batch: Int?
    /// Of rows that are told apart, the reason; nil for the others.
    public let caveat: String?
    public let rows: Int
    public let meanError: Double
    public let medianError: Double
    public let p90Error: Double
    /// Mean signed error: positive where predictions are too high.
    public let bias: Double
  }

  public let rows: [Row]
  public let summaries: [Summary]
  /// What was left out of account, and how clocks were laid beside each other.
  public let notes: [String]
  /// The fit that was checked: its file, or the shipped ones.
  public let fit: String
  /// Windows that the fit had used and that are left out here.
  public let usedByFit: Int

  private let lines: [WindowErrors.Line]
  /// Whether the fit says what it was made from, so that the rows are certainly new to it.
  private let knowsItsRows: Bool

  init(
    _ windows: [ServingWindow], setting: FleetSetting, data: FleetData, usedCount: Int
  ) throws {
    var errors = WindowErrors()
    var notes = data.notes
    let overhead = setting.start.own?.fleet?.clientOverhead?.value
    for window in windows {
      do {
        try errors.add(
          [window], { try setting.start.parameters($0.replica.gpu.name) }, overhead: overhead)
      } catch let error as InputError {
        notes.append("\(window.place): left out: \(error.problem)")
      } catch let error as LayoutError {
        notes.append("\(window.place): left out: \(error)")
      }
    }
    guard !errors.rows.isEmpty else {
      throw InputError(
        problem: "none of the rows can be predicted", expectation: notes.first ?? "other logs")
    }
    rows = errors.rows.map(Row.init)
    lines = errors.lines
    summaries = lines.map(Summary.init)
    fit = setting.options.fitPath ?? "the shipped fits"
    usedByFit = usedCount
    knowsItsRows = setting.start.own?.fleet != nil
    self.notes =
      notes
      + data.alignments.map {
        "\($0.power): clock ahead of \($0.requests) by "
          + String(format: "%.2f s", $0.offset.seconds)
      }
  }

  /// Markdown: a line for each quantity and GPU, then by model and batch.
  public var table: String {
    var text = "# Predicted against measured\n\nPredictions of \(fit). "
    text += usedByFit > 0 ? "\(usedByFit) windows that it was fitted on are left out. " : ""
    text += "Relative errors in percent; bias is the mean signed error.\n"
    let gpus = Set(lines.map(\.gpu)).sorted()
    for gpu in gpus {
      text += "\n## \(gpu)\n\n" + FleetFitTable.header
      for line in lines where line.gpu == gpu {
        text += FleetFitTable.line(
          line, line.caveat ?? (knowsItsRows ? "rows unseen" : "all rows"))
      }
    }
    if !notes.isEmpty { text += "\n## Remarks\n\n" + notes.map { "- \($0)\n" }.joined() }
    return text
  }

  private struct Document: Encodable {
    let fit: String
    let rowsUsedByFit: Int
    let summary: [Summary]
    let rows: [Row]
    let notes: [String]
  }

  /// Everything, as JSON with keys in snake case; errors are shares, not percent.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let document = Document(
      fit: fit, rowsUsedByFit: usedByFit, summary: summaries, rows: rows, notes: notes)
    return try encoder.encode(document) + Data("\n".utf8)
  }
}

extension FleetCheck.Row {
  init(_ row: WindowErrors.Row) {
    self.init(
      quantity: row.quantity.rawValue, unit: row.quantity.unit, place: row.place, gpu: row.gpu,
      model: row.model, decodeRows: row.decodeRows, measured: row.measured,
      predicted: row.predicted, error: row.error, caveat: row.caveat)
  }
}

extension FleetCheck.Summary {
  init(_ line: WindowErrors.Line) {
    let e = line.summary
    self.init(
      quantity: line.quantity.rawValue, gpu: line.gpu, model: line.model, batch: line.batch,
      caveat: line.caveat,
      rows: e.count, meanError: e.mean, medianError: e.median, p90Error: e.ninetiethPercentile,
      bias: e.bias)
  }
}
