/// The keys and values of a quick line, each value of its kind and within its bounds.
struct QuickLine {
  enum Key: String, CaseIterable {
    case gpu, model
    case tensorParallel = "tensor-parallel"
    case replicas, concurrency, rate, prompt,
      output, requests, duration
    case maxRows = "max-rows"
    case tokenBudget = "token-budget"
    case strategy,
      task
    case clock = "clock-mhz"
    case cap = "cap-w"
    case seed
  }

  private var values: [Key: String] = [:]

  init(_ line: String) throws(InputError) {
    for item in line.split(separator: ",") {
      let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = Self.trimmed(sides[0])
      guard let key = Key(rawValue: name) else {
        throw Self.error(
          "unknown key \"\(name)\"", expected: InputError.oneOf(QuickScenario.keyNames),
          suggestion: NearestName.to(name, among: QuickScenario.keyNames))
      }
      let value = sides.count > 1 ? Self.trimmed(sides[1]) : ""
      guard !value.isEmpty else {
        throw Self.error("\(name) has no value", expected: "\(name)=…")
      }
      guard values[key] == nil else { throw Self.error("\(name) is there more than once") }
      values[key] = value
    }
  }

  func has(_ key: Key) -> Bool { values[key] != nil }

  /// The value as it is, which may hold only what needs no quotes in YAML.
  func word(_ key: Key) throws(InputError) -> String? {
    guard let text = values[key] else { return nil }
    // GPUs by their maker's names, models by theirs or by paths.
    let signs = key == .gpu ? "._- " : key == .model ? "._-/" : "._-:=+"
    let isPlain = text.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || signs.contains($0))
    }
    guard isPlain else {
      let list = signs.map { $0 == " " ? "blanks" : String($0) }.joined(separator: " ")
      throw Self.isNot(key, text, "letters, digits and \(list)")
    }
    return text
  }

  func required(_ key: Key) throws(InputError) -> String {
    guard let text = try word(key) else {
      throw Self.error("missing key \"\(key.rawValue)\"", expected: "\(key.rawValue)=…")
    }
    return text
  }

  func int(_ key: Key) throws(InputError) -> Int? {
    guard let text = values[key] else { return nil }
    guard let number = NumberSyntax.int(text), (1...1_000_000_000).contains(number) else {
      throw Self.isNot(key, text, "a whole number ≥ 1 and ≤ 1000000000")
    }
    return number
  }

  /// A number as it is written; its range depends on the GPU.
  func positive(_ key: Key) throws(InputError) -> String? {
    guard let text = values[key] else { return nil }
    guard let number = NumberSyntax.double(text), Bounds.positive.contains(number) else {
      throw Self.isNot(key, text, "\(Bounds.positive)")
    }
    return text
  }

  func rate() throws(InputError) -> String? {
    guard let text = values[.rate] else { return nil }
    guard let number = NumberSyntax.double(text), Bounds.positive.contains(number) else {
      throw Self.isNot(.rate, text, "\(Bounds.positive), queries per second")
    }
    return text
  }

  func duration() throws(InputError) -> String? {
    guard let text = values[.duration] else { return nil }
    guard let seconds = DurationSyntax.seconds(text), seconds > 0 else {
      throw Self.isNot(.duration, text, DurationSyntax.expectation(.positive))
    }
    return text
  }

  func seed() throws(InputError) -> UInt64? {
    guard let text = values[.seed] else { return nil }
    guard let seed = UInt64(text) else {
      throw Self.isNot(.seed, text, "a whole number ≥ 0 and < 2^64")
    }
    return seed
  }

  /// A length as a scenario writes it: `512`, or a distribution of the mean given.
  func length(_ key: Key) throws(InputError) -> String? {
    guard let text = values[key] else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let isNumbers = parts.dropFirst().allSatisfy {
      NumberSyntax.double($0).map { $0 >= 0 } ?? false
    }
    switch (parts[0], parts.count, isNumbers) {
    case ("exp", 2, true): return "{exponential: {mean: \(parts[1])}}"
    case ("lognormal", 3, true): return "{lognormal: {mean: \(parts[1]), ln_sd: \(parts[2])}}"
    case (_, 1, _) where NumberSyntax.int(text).map { $0 >= 1 } ?? false: return text
    default:
      throw Self.isNot(key, text, "tokens: a number, exp:MEAN or lognormal:MEAN:LN_SD")
    }
  }

  static func error(
    _ problem: String, expected expectation: String? = nil, suggestion: String? = nil
  ) -> InputError {
    InputError(
      file: QuickScenario.place, problem: problem, expectation: expectation,
      suggestion: suggestion)
  }

  static func isNot(_ key: Key, _ value: String, _ expectation: String) -> InputError {
    error("\(key.rawValue) is \"\(value)\"", expected: expectation)
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
