internal import Quantities
internal import Workloads

/// Reads the `trace` of a workload, and the options of the trace commands, which have its names.
struct TraceSpecificationReader {
  /// Given beside the scenario; takes the place of the scenario's own.
  var tracePath: String?
  /// Where relative trace paths start: the scenario file's folder.
  var folder = "."
  /// Whether the trace may come from standard input, which can be read only once.
  var allowsStandardInput = false

  func read(_ yaml: YAMLMapping, at value: YAMLValue) throws -> TraceSpecification {
    let format = try yaml.optional("format")?.choice(of: TraceFormat.self)
    let own = yaml.optional("path")
    let ownPath = try own?.string()
    let path = tracePath ?? ownPath.map { InputFile.resolve($0, from: folder) }
    let map = yaml.optional("map")
    var specification = TraceSpecification(path: path ?? "")
    specification.format = format
    specification.columns = try map.map(TraceMapReader.read)
    specification.rules = try rules(yaml)
    if let features = yaml.optional("features") {
      specification.features = try features.list { try $0.string() }
    }
    if let scale = yaml.optional("rate_scale") {
      specification.rateScale = try scale.double(.between(1e-9...1e9))
    }
    guard path != nil else {
      try yaml.finish()
      throw value.error("the trace has no path", expected: "the key path, or --trace FILE")
    }
    guard allowsStandardInput || path != FileByteSource.standardInput else {
      throw InputError(
        problem: "a scenario's trace cannot come from standard input",
        expectation: "a file: every policy reads it anew")
    }
    try check(specification, own, map)
    return specification
  }

  private func rules(_ yaml: YAMLMapping) throws -> TraceRules {
    var rules = TraceRules()
    if let origin = yaml.optional("origin") {
      guard let stamp = TraceTimestamp(try origin.string()) else {
        throw origin.isNot("a time YYYY-MM-DD HH:MM:SS")
      }
      rules.origin = stamp
    }
    rules.from = try yaml.optional("from")?.duration(.nonNegative) ?? .zero
    rules.until = try until(yaml.optional("until"), after: rules.from)
    rules.keptShare = try yaml.optional("thin")?.double(.positiveFraction) ?? 1
    rules.speedup = try yaml.optional("speedup")?.double(.between(1e-6...1e6)) ?? 1
    rules.limit = try yaml.optional("limit")?.int(in: 1...1_000_000_000_000)
    if let rule = yaml.optional("zero_tokens") {
      rules.zeroTokens = try rule.choice(of: TraceRules.ZeroTokens.self)
    }
    if let rule = yaml.optional("out_of_order") {
      rules.outOfOrder = try rule.choice(of: TraceRules.OutOfOrder.self)
    }
    if let buffer = yaml.optional("sort_buffer") {
      guard rules.outOfOrder == .sort else {
        throw buffer.error("sort_buffer is given without out_of_order: sort", expected: "both")
      }
      rules.sortBufferRows = try buffer.int(in: 1...10_000_000)
    }
    rules.spread = try spread(yaml.optional("spread"))
    rules.maxPromptTokens = try yaml.optional("max_prompt_tokens")?.int(in: 1...LengthReader.most)
    rules.maxOutputTokens = try yaml.optional("max_output_tokens")?.int(in: 1...LengthReader.most)
    rules.sessionsPerSecond = try yaml.optional("sessions_per_second")?
      .double(.between(1e-6...1e6))
    return rules
  }

  private func until(_ value: YAMLValue?, after from: SimDuration) throws -> SimDuration? {
    guard let value else { return nil }
    let until = try value.duration()
    guard until > from else { throw value.isNot("a time after from") }
    return until
  }

  /// `auto`, or the length of a tick.
  private func spread(_ value: YAMLValue?) throws -> TraceRules.Spread? {
    guard let value else { return nil }
    if value.plainText == "auto" { return .detectedTick }
    guard let tick = try? value.duration(Bounds(lower: 1e-6, upper: 86_400)) else {
      throw value.isNot("auto, or the length of a clock tick with its unit, as 3 s")
    }
    return .tick(tick)
  }

  /// What only the parts together show.
  private func check(
    _ specification: TraceSpecification, _ own: YAMLValue?, _ map: YAMLValue?
  ) throws {
    if let map, let format = specification.format, format != .mapped {
      throw map.error(
        "map is given for the format \(format.rawValue)", expected: "one of them")
    }
    if specification.format == .mapped, map == nil {
      throw InputError(
        file: own?.file, problem: "the format mapped needs a map",
        expectation: "map: arrival=COLUMN:UNIT,prompt=COLUMN,output=COLUMN")
    }
    if let problem = TraceInput.problem(at: specification.path, format: specification.format) {
      guard tracePath == nil, let own else { throw problem }
      throw own.error(
        "\(own.label) is \"\(specification.path)\": \(problem.problem)",
        expected: problem.expectation, suggestion: problem.suggestion)
    }
  }
}

extension TraceSpecification {
  /// The trace at `path` with a command's options; `texts` are by key, as a scenario spells it.
  public static func read(
    path: String, options texts: [(key: String, text: String)]
  ) throws -> TraceSpecification {
    let lines = texts.map { "\n  \($0.key): \(YAMLText.scalar($0.text))" }
    let text = "trace:" + (texts.isEmpty ? " {}" : lines.joined())
    let file = "options"
    do {
      return try YAMLDocument.read(text: text, file: file) { yaml in
        let value = try yaml["trace"]
        return try value.mapping {
          try TraceSpecificationReader(tracePath: path, allowsStandardInput: true)
            .read($0, at: value)
        }
      }
    } catch let error as InputError where error.file == file {
      // What a scenario calls a key is an option here, and has no line.
      let key = error.problem.prefix { $0 != " " }
      throw InputError(
        problem: "--" + key.replacing("_", with: "-") + error.problem.dropFirst(key.count),
        expectation: error.expectation, suggestion: error.suggestion)
    }
  }
}

/// Text as YAML scalars.
enum YAMLText {
  /// Plain where that is safe, so that numbers stay numbers; else in quotes.
  static func scalar(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789 .+-_".unicodeScalars.contains($0))
      } && text.first != " " && text.last != " " && text.first != "-"
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20: "\\x" + String(scalar.value + 0x100, radix: 16).dropFirst()
      default: String(scalar)
      }
    }
    return isPlain || Double(text) != nil ? text : "\"\(escaped.joined())\""
  }
}
