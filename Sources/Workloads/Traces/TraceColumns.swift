/// What a trace in CSV form can say of a query, and in which columns it says so.
public struct TraceColumns: Hashable, Sendable {
  /// What a column may hold; the raw values are the names of our own format, without their units.
  public enum Field: String, CaseIterable, Sendable {
    case arrival
    /// From the end of the row above, of the same session, until this one is asked.
    case think
    case prompt = "prompt_tokens"
    case output = "output_tokens"
    case task
    case difficulty
    /// Whether the recorded answer was right.
    case correct
    case priority
    case session
    case turn
    case timeout
    case patience
    case prefixBlockTokens = "prefix_block_tokens"
    case prefixBlockIDs = "prefix_block_ids"

    /// Whether the column holds a time, which needs a unit.
    public var isTime: Bool {
      switch self {
      case .arrival, .think, .timeout, .patience: true
      default: false
      }
    }

    /// Whether the column is about a query's context, not its size.
    var isOfContext: Bool {
      switch self {
      case .session, .turn, .timeout, .patience, .prefixBlockTokens, .prefixBlockIDs: true
      default: false
      }
    }
  }

  /// A column of a file.
  public struct Column: Hashable, Sendable {
    public var field: Field
    public var name: String
    /// Of times; seconds elsewhere, where it means nothing.
    public var unit: TraceTimeUnit
    /// Whether a file without the column is no such trace.
    public var isRequired: Bool

    public init(
      _ field: Field, _ name: String, unit: TraceTimeUnit = .seconds, isRequired: Bool = true
    ) {
      self.field = field
      self.name = name
      self.unit = unit
      self.isRequired = isRequired
    }

    /// Whether a row may say nothing here.
    var mayBeEmpty: Bool {
      switch field {
      case .arrival, .prompt, .output: !isRequired
      default: true
      }
    }
  }

  /// Nil for our own format, whose header says everything and holds nothing else.
  public let columns: [Column]?
  /// Names of columns of numbers that policies are to see, beside all others.
  public var features: [String] = []

  /// Our own format: header names are fields, those of times with their unit, as `arrival_s`.
  public static let own = TraceColumns(columns: nil)

  /// The traces of Azure's LLM inference service of 2023 and 2024.
  public static let azure = TraceColumns([
    Column(.arrival, "TIMESTAMP", unit: .timestamp), Column(.prompt, "ContextTokens"),
    Column(.output, "GeneratedTokens"),
  ])

  /// BurstGPT in its versions 1.1 and 1.2, whose columns differ in number and order.
  public static let burstGPT = TraceColumns([
    Column(.arrival, "Timestamp"), Column(.prompt, "Request tokens"),
    Column(.output, "Response tokens"), Column(.session, "Session ID", isRequired: false),
  ])

  /// These columns, and others that are not looked at.
  public init(_ columns: [Column]) { self.init(columns: columns) }

  private init(columns: [Column]?) { self.columns = columns }
}

extension TraceColumns {
  /// By column of the file: what it holds; nil for what is not looked at.
  func layout(of header: [String]) throws(TraceError) -> [Column?] {
    try rejectDoubles(header)
    for name in features where !header.contains(name) {
      throw TraceError(
        line: 1, column: 1,
        problem: "there is no column \(TraceError.quote(name.utf8)), which features name",
        expectation: "one of \(header.joined(separator: ", "))")
    }
    guard let columns else { return try ownLayout(of: header) }
    var layout = [Column?](repeating: nil, count: header.count)
    for column in columns {
      if let index = header.firstIndex(of: column.name) {
        layout[index] = column
      } else if column.isRequired {
        let found = header.map { TraceError.quote($0.utf8) }.joined(separator: ", ")
        throw TraceError(
          line: 1, column: 1, problem: "there is no column \(TraceError.quote(column.name.utf8))",
          expectation: "it among the columns of the header, which are \(found)")
      }
    }
    return layout
  }

  private func rejectDoubles(_ header: [String]) throws(TraceError) {
    var names: Set<String> = []
    for name in header where !names.insert(name).inserted {
      throw TraceError(
        line: 1, column: 1, problem: "the column \(TraceError.quote(name.utf8)) is there twice",
        expectation: "it once")
    }
  }

  private func ownLayout(of header: [String]) throws(TraceError) -> [Column?] {
    var layout: [Column?] = []
    for name in header {
      if features.contains(name) {
        layout.append(nil)
        continue
      }
      guard let column = Self.ownColumns.first(where: { $0.name == name }) else {
        throw TraceError(
          line: 1, column: 1, problem: "unknown column \(TraceError.quote(name.utf8))",
          expectation: "columns among \(Self.ownNames), times with another unit too (_ms, _us, _ns)"
        )
      }
      if layout.contains(where: { $0?.field == column.field }) {
        throw TraceError(
          line: 1, column: 1,
          problem: "the column \(TraceError.quote(name.utf8)) is there in another unit too",
          expectation: "it once")
      }
      layout.append(column)
    }
    guard layout.contains(where: { $0?.field == .prompt }) else {
      throw TraceError(
        line: 1, column: 1, problem: "there is no column \"prompt_tokens\"",
        expectation: "it, and columns among \(Self.ownNames)")
    }
    return layout
  }

  /// Every column of our own format, in every unit.
  private static let ownColumns: [Column] = Field.allCases.flatMap { field -> [Column] in
    guard field.isTime else {
      return [Column(field, field.rawValue, isRequired: field == .prompt)]
    }
    return [.seconds, .milliseconds, .microseconds, .nanoseconds].map {
      Column(field, "\(field.rawValue)_\($0.rawValue)", unit: $0, isRequired: false)
    }
  }

  private static let ownNames = Field.allCases
    .map { $0.isTime ? "\($0.rawValue)_s" : $0.rawValue }.joined(separator: ", ")

  /// Whether a header is one of our own format.
  public static func isOwn(header: [String]) -> Bool {
    header.contains("prompt_tokens") && (try? own.layout(of: header)) != nil
  }
}
