public import Quantities

/// Writes queries as rows of our own CSV, from which `CSVTraceReader` reads the same again.
///
/// Times have as many decimals as they need to be exact. A later turn of a session has its think
/// time in place of an arrival, and stands right below the turn before it.
public struct TraceCSVWriter: Sendable {
  /// Which columns the queries of a stream need.
  public struct Columns: Sendable {
    private(set) var fields: Set<TraceColumns.Field> = [.arrival, .prompt, .output]

    public init() {}

    /// Every column that a trace without tasks can fill.
    public static let all: Columns = {
      var columns = Columns()
      columns.fields = Set(TraceColumns.Field.allCases).subtracting([.task, .difficulty])
      return columns
    }()

    public mutating func include(_ query: Query, isFollowUp: Bool) {
      if isFollowUp { fields.insert(.think) }
      if query.recordedIsCorrect != nil { fields.insert(.correct) }
      if query.priority != 0 { fields.insert(.priority) }
      let context = query.context
      if context.session != nil { fields.formUnion([.session, .turn]) }
      if context.timeout != nil { fields.insert(.timeout) }
      if context.patience != nil { fields.insert(.patience) }
      if !context.prefixBlockIDs.isEmpty {
        fields.formUnion([.prefixBlockTokens, .prefixBlockIDs])
      }
    }
  }

  private let fields: [TraceColumns.Field]
  /// By index of the task, as fields; empty where tasks are not written.
  private let taskNames: [[UInt8]]

  /// With names of tasks, task and difficulty are written too.
  public init(_ columns: Columns, taskNames: [String] = []) {
    let tasks: Set<TraceColumns.Field> = taskNames.isEmpty ? [] : [.task, .difficulty]
    fields = TraceColumns.Field.allCases.filter { columns.fields.union(tasks).contains($0) }
    self.taskNames = taskNames.map { Array($0.utf8) }
  }

  public var header: [UInt8] {
    let names = fields.map { $0.isTime ? "\($0.rawValue)_s" : $0.rawValue }
    return Array((names.joined(separator: ",") + "\n").utf8)
  }

  /// Appends the row of a query; `thinkTime` is that of a later turn of its session.
  public func append(_ query: Query, thinkTime: SimDuration? = nil, to bytes: inout [UInt8]) {
    for (position, field) in fields.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      append(field, of: query, thinkTime, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private func append(
    _ field: TraceColumns.Field, of query: Query, _ thinkTime: SimDuration?,
    to bytes: inout [UInt8]
  ) {
    let context = query.context
    switch field {
    case .arrival: if thinkTime == nil { Self.append(query.arrival.sinceStart, to: &bytes) }
    case .think: if let thinkTime { Self.append(thinkTime, to: &bytes) }
    case .prompt: Self.append(query.promptTokens, to: &bytes)
    case .output: if let tokens = query.recordedOutputTokens { Self.append(tokens, to: &bytes) }
    case .task: bytes.append(contentsOf: taskNames[query.task])
    case .difficulty: bytes.append(contentsOf: "\(query.difficulty)".utf8)
    case .correct:
      if let isCorrect = query.recordedIsCorrect { Self.append(isCorrect ? 1 : 0, to: &bytes) }
    case .priority: Self.append(query.priority, to: &bytes)
    case .session: if let session = context.session { bytes.append(contentsOf: "\(session)".utf8) }
    case .turn: if context.session != nil { Self.append(context.turn, to: &bytes) }
    case .timeout: if let timeout = context.timeout { Self.append(timeout, to: &bytes) }
    case .patience: if let patience = context.patience { Self.append(patience, to: &bytes) }
    case .prefixBlockTokens:
      if !context.prefixBlockIDs.isEmpty { Self.append(context.prefixBlockTokens, to: &bytes) }
    case .prefixBlockIDs: PrefixBlockText.append(context.prefixBlockIDs, to: &bytes)
    }
  }

  private static func append(_ number: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "\(number)".utf8)
  }

  /// Seconds ≥ 0 in decimals, exact: a tick is 2⁻¹⁰ ps, which 22 decimals spell.
  static func append(_ duration: SimDuration, to bytes: inout [UInt8]) {
    let ticksPerSecond: Int128 = 1_024_000_000_000_000
    let (whole, rest) = duration.ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
    bytes.append(contentsOf: "\(whole)".utf8)
    guard rest > 0 else { return }
    let isWholeNanoseconds = rest % 1_024_000 == 0
    var width = isWholeNanoseconds ? 9 : 22
    var fraction = isWholeNanoseconds ? rest / 1_024_000 : rest * 9_765_625
    while fraction % 10 == 0 {
      fraction /= 10
      width -= 1
    }
    let digits = "\(fraction)".utf8
    bytes.append(UInt8(ascii: "."))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: width - digits.count))
    bytes.append(contentsOf: digits)
  }
}
