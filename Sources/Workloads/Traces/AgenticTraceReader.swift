internal import Quantities

/// Recorded sessions of coding agents, one JSON file each, as kv-cache-tester publishes them.
///
/// A session is a closed loop: each request comes a think time after the answer to the one before.
/// Nothing says when sessions start. Requests of sub-agents, which ran beside each other, are asked
/// one after another in the order of their records; the main agent goes on when all have ended.
///
/// Block ids mean something within their session only: the session's number is put before them.
/// Memory holds one session at a time, each turn holding only the ids that its predecessor lacks.
public struct AgenticTraceReader: TraceReader {
  /// Bits of a block id that are the session's own.
  private static let idBits: UInt64 = 32

  private let files: [TraceFile]
  private var nextFile = 0
  private var scanner = JSONScanner()
  private var assumedThinkTimes = 0
  private var serializedSubagents = 0

  public init(_ files: [TraceFile]) { self.files = files }

  public func count(into tally: inout TraceTally) {
    tally.assumedThinkTimes += assumedThinkTimes
    tally.serializedSubagents += serializedSubagents
  }

  public mutating func read(into entry: inout TraceEntry) throws -> Bool {
    guard nextFile < files.count else { return false }
    let file = files[nextFile]
    let session = UInt64(nextFile)
    nextFile += 1
    do {
      scanner.load(try file.bytes()[...], line: 1)
      let recording = try AgenticSession(&scanner)
      let requests = recording.requests
      assumedThinkTimes += recording.assumedThinkTimes
      serializedSubagents += recording.serializedSubagents
      entry = Self.entry(of: requests, session, blockTokens: recording.blockTokens)
      return true
    } catch var error as TraceError {
      error.file = file.name
      throw error
    }
  }

  private static func entry(
    of requests: [AgenticRequest], _ session: UInt64, blockTokens: Int
  ) -> TraceEntry {
    let rows = requests.enumerated().map { turn, request in
      var row = TraceRow(promptTokens: request.promptTokens, outputTokens: request.outputTokens)
      row.thinkTime = turn == 0 ? .zero : request.thinkTime
      row.query.context.session = session
      row.query.context.turn = turn
      row.query.context.prefixBlockTokens = blockTokens
      row.query.context.prefixBlockIDs = request.blockIDs.map { session << idBits | $0 }
      return row
    }
    var built = SessionEntry(
      TraceEntry(line: Int(session) + 1, time: nil, head: rows[0]))
    for row in rows.dropFirst() { built.append(row) }
    return built.entry
  }
}

/// A request of a recorded session.
struct AgenticRequest {
  var promptTokens = 0
  var outputTokens = 0
  var blockIDs: [UInt64] = []
  var thinkTime = SimDuration.zero
}
