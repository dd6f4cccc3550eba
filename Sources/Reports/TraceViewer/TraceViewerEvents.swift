internal import Foundation

/// Events of the trace event format, as text: metadata that names processes and tracks, complete
/// slices (`X`) and counters (`C`), with times in microseconds.
struct TraceViewerEvents {
  private var text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"
  private var isFirst = true
  /// The present process and its last track; viewers keep 0 for themselves.
  private var process = 0
  private var track = 0

  var data: Data { Data((text + "\n]}\n").utf8) }

  /// What follows belongs to a new process of that name, below those before it.
  mutating func beginProcess(_ name: String) {
    process += 1
    track = 0
    metadata("process_name", "\"name\":\(Self.quoted(name))")
    metadata("process_sort_index", "\"sort_index\":\(process)")
  }

  /// A new track of the present process, below those before it; returns its number.
  mutating func beginTrack(_ name: String) -> Int {
    track += 1
    // Perfetto knows threads by their number alone, chrome://tracing by process and number.
    let id = process * Self.tracksPerProcess + track
    metadata("thread_name", "\"name\":\(Self.quoted(name))", track: id)
    metadata("thread_sort_index", "\"sort_index\":\(track)", track: id)
    return id
  }

  private static let tracksPerProcess = 100_000

  /// From one nanosecond to another; `details` are members of a JSON object.
  mutating func slice(
    _ name: String, _ category: String, on track: Int, _ start: UInt64, _ end: UInt64,
    _ details: String
  ) {
    event(
      "\"ph\":\"X\",\"name\":\(Self.quoted(name)),\"cat\":\"\(category)\",\"pid\":\(process),"
        + "\"tid\":\(track),\"ts\":\(Self.microseconds(start)),\"dur\":"
        + "\(Self.microseconds(end - start)),\"args\":{\(details)}")
  }

  mutating func counter(_ name: String, at time: UInt64, _ value: String) {
    event(
      "\"ph\":\"C\",\"name\":\(Self.quoted(name)),\"pid\":\(process),\"ts\":"
        + "\(Self.microseconds(time)),\"args\":{\(value)}")
  }

  private mutating func metadata(_ name: String, _ value: String, track: Int? = nil) {
    let thread = track.map { ",\"tid\":\($0)" } ?? ""
    event("\"ph\":\"M\",\"name\":\"\(name)\",\"pid\":\(process)\(thread),\"args\":{\(value)}")
  }

  private mutating func event(_ members: String) {
    text += (isFirst ? "{" : ",\n{") + members + "}"
    isFirst = false
  }

  /// Nanoseconds as the format's microseconds, exactly.
  private static func microseconds(_ nanoseconds: UInt64) -> String {
    let rest = nanoseconds % 1000
    return rest == 0
      ? "\(nanoseconds / 1000)" : "\(nanoseconds / 1000).\(String(1000 + rest).dropFirst())"
  }

  static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "0" }

  /// Names hold letters, digits and marks that JSON takes as they are, and policies those of fixed
  /// arms; anything else is escaped all the same.
  static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case _ where scalar.value < 0x20: String(format: "\\u%04x", scalar.value)
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
