internal import Workloads

/// Reads which columns of a CSV hold what: `arrival=COLUMN:UNIT,prompt=COLUMN,output=COLUMN,…`, or
/// the same as a mapping.
enum TraceMapReader {
  /// Names in a map; those that our own CSV spells longer are short here too.
  private static let fields: [(name: String, field: TraceColumns.Field)] = [
    ("arrival", .arrival), ("prompt", .prompt), ("output", .output), ("think", .think),
    ("task", .task), ("difficulty", .difficulty),
    ("correct", .correct), ("priority", .priority), ("session", .session),
    ("turn", .turn), ("timeout", .timeout), ("patience", .patience),
    ("prefix_block_tokens", .prefixBlockTokens), ("prefix_block_ids", .prefixBlockIDs),
  ]

  static func read(_ value: YAMLValue) throws -> TraceColumns {
    let columns: [TraceColumns.Column]
    if value.isMapping {
      columns = try value.mapping { yaml in
        try fields.compactMap { name, field in
          try yaml.optional(name).map { try column(field, try $0.string(), at: $0) }
        }
      }
    } else {
      columns = try parts(of: value)
    }
    guard columns.contains(where: { $0.field == .prompt }) else {
      throw value.error("the map names no column of prompt tokens", expected: "prompt=COLUMN")
    }
    return TraceColumns(columns)
  }

  private static func parts(of value: YAMLValue) throws -> [TraceColumns.Column] {
    var columns: [TraceColumns.Column] = []
    for part in try value.string().split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(sides[0]).trimmingBlanks
      let names = fields.map(\.name)
      guard sides.count == 2, let field = fields.first(where: { $0.name == name })?.field else {
        throw value.error(
          "map holds \"\(part)\"",
          expected: "KEY=COLUMN, the key one of \(names.joined(separator: ", "))",
          suggestion: NearestName.to(name, among: names))
      }
      guard !columns.contains(where: { $0.field == field }) else {
        throw value.error("map names \(name) twice", expected: "it once")
      }
      columns.append(try column(field, String(sides[1]), at: value))
    }
    return columns
  }

  /// `COLUMN`, or `COLUMN:UNIT` for times, which are in seconds where no unit is named.
  private static func column(
    _ field: TraceColumns.Field, _ text: String, at value: YAMLValue
  ) throws -> TraceColumns.Column {
    guard field.isTime, let colon = text.lastIndex(of: ":") else {
      guard !text.isEmpty else { throw value.error("a column of map has no name", expected: "one") }
      return TraceColumns.Column(field, text)
    }
    let unit = String(text[text.index(after: colon)...])
    let units = TraceTimeUnit.allCases.map(\.rawValue)
      .filter { field == .arrival || $0 != TraceTimeUnit.timestamp.rawValue }
    guard units.contains(unit), let known = TraceTimeUnit(rawValue: unit) else {
      throw value.error(
        "map gives the unit \"\(unit)\"", expected: InputError.oneOf(units),
        suggestion: NearestName.to(unit, among: units))
    }
    return TraceColumns.Column(field, String(text[..<colon]), unit: known)
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
