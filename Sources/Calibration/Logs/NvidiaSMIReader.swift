internal import Foundation
internal import Scenarios

/// `nvidia-smi --query-gpu=timestamp,index,power.draw --format=csv -lms 100`: power samples on the
/// machine's local clock.
struct NvidiaSMIReader {
  /// Cells in place of a number.
  private static let absent = ["[n/a]", "n/a", "[not supported]", "[unknown error]", ""]

  private let time: Int
  private let power: Int
  private let gpu: Int?
  private let title: Int?

  /// Nil where the table is not one of these. Where several powers are logged the average is
  /// taken, then the plain one, then the instant's.
  init?(_ table: LogCSV) {
    func column(_ name: String) -> Int? {
      table.names.firstIndex { $0 == name || $0 == "\(name) [W]" }
    }
    guard let time = table.column("timestamp"),
      let power = column("power.draw.average") ?? column("power.draw")
        ?? column("power.draw.instant")
    else { return nil }
    self.time = time
    self.power = power
    gpu = table.column("index", "uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id")
    title = table.column("name", "gpu_name")
  }

  static func read(_ url: URL, file: String) throws -> PowerLog {
    var series: [PowerSeries] = []
    var indices: [String: Int] = [:]
    var skipped = 0
    var reader: NvidiaSMIReader?
    try LogCSV.forEachRow(of: url, file: file) { table, row in
      if reader == nil { reader = NvidiaSMIReader(table) }
      guard let reader else { return }
      let key = row.text(reader.gpu) ?? "0"
      guard let time = row.text(reader.time).flatMap(CalendarTime.seconds) else {
        throw row.place.error(
          "timestamp is \"\(row.cells[reader.time])\"",
          expected: "a time as 2025/01/31 13:05:59.123")
      }
      guard let watts = try reader.watts(row) else {
        skipped += 1
        return
      }
      let index = indices[key] ?? series.count
      if index == series.count {
        indices[key] = index
        series.append(PowerSeries(name: key, gpuTitle: row.text(reader.title), clock: .local))
      }
      guard series[index].append(watts: watts, at: time) else {
        throw row.place.error(
          "the time does not advance for GPU \(key)",
          expected: reader.gpu == nil
            ? "one row per instant; with several GPUs query index too"
            : "later times in later rows: was the clock set back?")
      }
    }
    return try PowerLog(place: LogPlace(file: file), series: series, skippedRows: skipped)
  }

  private func watts(_ row: LogRow) throws -> Double? {
    let text = row.cells[power]
    if Self.absent.contains(text.lowercased()) { return nil }
    let number = text.hasSuffix(" W") ? String(text.dropLast(2)) : text
    guard let watts = LogNumber.finite(number), watts >= 0 else {
      throw row.place.error("\(row.names[power]) is \"\(text)\"", expected: "watts, as 123.45 W")
    }
    return watts
  }
}
