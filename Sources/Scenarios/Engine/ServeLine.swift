internal import Yams

/// A `vllm serve` command line: what it asks of an engine, and what of it is left out of account.
///
/// Options have dashes or underscores, their values follow after a blank or "=". `vllm serve` in
/// front, and the model after it, may be missing.
struct ServeLine {
  private(set) var settings = EngineSettings()
  /// The model that the line serves, if it names one.
  private(set) var model: YAMLValue?
  /// Whether what stands in its place must be a model: after `vllm serve`, or after `--model`.
  private(set) var namesModel = false
  /// Options that would change what the engine does and are not modelled, as written.
  private(set) var unmodelled: [String] = []
  /// Whether it is a whole command, which leaves to vLLM's defaults what it does not name.
  private(set) var isCommand = false

  private let line: YAMLValue
  private var words: ArraySlice<String>

  /// Reads the text of `line`; errors point at it.
  init(_ line: YAMLValue) throws(InputError) {
    self.line = line
    guard let words = CommandWords.split(try line.string()) else {
      throw line.error("a quote is not closed", expected: "a vllm serve command line")
    }
    self.words = words[...]
    skipCommand()
    while let word = self.words.popFirst() { try take(word) }
  }

  /// `VARIABLE=value … vllm serve`, or `python -m vllm.entrypoints.openai.api_server`.
  private mutating func skipCommand() {
    let heads = [["vllm", "serve"], ["-m", "vllm.entrypoints.openai.api_server"]]
    for start in words.indices.prefix(12) {
      let two = Array(words[start...].prefix(2))
      guard heads.contains(two) else { continue }
      words = words[(start + 2)...]
      isCommand = true
      namesModel = true
      return
    }
  }

  private mutating func take(_ word: String) throws(InputError) {
    guard word.hasPrefix("-"), word != "-" else {
      guard model == nil else {
        throw line.error(
          "\"\(word)\" belongs to no option in \(line.label)", expected: "options after the model")
      }
      model = value(word, label: "model")
      return
    }
    let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let written = String(sides[0])
    let own = sides.count > 1 ? String(sides[1]) : nil
    guard let (option, isNegated) = Self.option(written) else { throw unknown(written) }
    switch option.arity {
    case .flag: try takeFlag(option, written, own, isNegated: isNegated)
    case .one:
      guard let text = own ?? nextValue() else {
        throw line.error("\(written) has no value", expected: "\(written) VALUE")
      }
      try take(option, written, text)
    case .many:
      while own == nil, nextValue() != nil {}
      note(option, written)
    }
  }

  /// The option of a word such as `--max-num-seqs`, `--no-enable-lora`, `-tp` or `-O3`.
  private static func option(_ written: String) -> (option: ServeOption, isNegated: Bool)? {
    guard written.hasPrefix("--") else {
      let name = String(written.dropFirst().prefix { $0 != "." })
      if name.hasPrefix("O"), name.count > 1 { return (ServeOption.level, false) }
      return ServeOption.short[name].flatMap { ServeOption.all[$0] }.map { ($0, false) }
    }
    // A part of an option whose value is JSON: --compilation-config.level 3.
    let name = ServeOption.dashed(String(written.dropFirst(2).prefix { $0 != "." }))
    if let option = ServeOption.all[name] { return (option, false) }
    guard name.hasPrefix("no-"), let option = ServeOption.all[String(name.dropFirst(3))],
      option.arity == .flag
    else { return nil }
    return (option, true)
  }

  /// Older versions take a truth value after a flag.
  private mutating func takeFlag(
    _ option: ServeOption, _ written: String, _ own: String?, isNegated: Bool
  ) throws(InputError) {
    var text = own
    if text == nil, let next = words.first, Self.truth(next) != nil { text = words.popFirst() }
    guard let isOn = text.map(Self.truth) ?? true else {
      throw value(text ?? "", label: written).isNot("true or false")
    }
    switch option.meaning {
    case .setting: try take(option, written, isOn != isNegated ? "true" : "false")
    case .unmodelled, .immaterial, .model: if isOn != isNegated { note(option, written) }
    }
  }

  private static func truth(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true": true
    case "false": false
    default: nil
    }
  }

  /// The next word, if it is no option; numbers below 0 are none.
  private mutating func nextValue() -> String? {
    guard let next = words.first, !next.hasPrefix("-") || NumberSyntax.double(next) != nil else {
      return nil
    }
    return words.popFirst()
  }

  private mutating func take(
    _ option: ServeOption, _ written: String, _ text: String
  ) throws(InputError) {
    switch option.meaning {
    case .model:
      model = value(text, label: written)
      namesModel = true
    case .unmodelled:
      if !option.neutral.contains(text) { note(option, "\(written) \(text)") }
    case .immaterial: break
    case .setting(let name):
      guard !Self.leavesToEngine(name, text) else { return }
      guard name != "quantization" || WeightQuantization.isKnown(text) else {
        return unmodelled.append("\(written) \(text)")
      }
      var one = EngineSettings()
      one[name] = value(Self.plainNumber(text, of: name), label: written)
      try settings.merge(one)
    }
  }

  private mutating func note(_ option: ServeOption, _ written: String) {
    if case .unmodelled = option.meaning { unmodelled.append(written) }
  }

  /// The longest sequence may be what the memory holds.
  private static func leavesToEngine(_ name: String, _ text: String) -> Bool {
    name == "max_model_len" && ["auto", "-1"].contains(text)
  }

  /// Counts of tokens may be written `32k` (thousands) or `32K` (of 1,024).
  private static func plainNumber(_ text: String, of name: String) -> String {
    let factors: [Character: Double] = ["k": 1e3, "K": 1024, "m": 1e6, "M": 1_048_576]
    guard ["max_model_len", "max_num_batched_tokens"].contains(name),
      let factor = text.last.flatMap({ factors[$0] }),
      let number = NumberSyntax.double(String(text.dropLast())), abs(number) < 1e9
    else { return text }
    return "\(Int((number * factor).rounded()))"
  }

  private func value(_ text: String, label: String) -> YAMLValue {
    let scalar = Node.Scalar(text, .implicit, .plain, line.node.mark)
    return YAMLValue(
      node: .scalar(scalar), file: line.file, parentPath: line.place, label: label)
  }

  private func unknown(_ written: String) -> InputError {
    let name = ServeOption.dashed(String(written.drop { $0 == "-" }))
    return value("", label: "").error(
      "unknown option \"\(written)\"", expected: "an option of vllm serve",
      suggestion: NearestName.to(name, among: ServeOption.all.keys.sorted()).map { "--\($0)" })
  }
}

extension ServeOption {
  /// `-O3`.
  fileprivate static let level = ServeOption(meaning: .unmodelled, arity: .flag)
}

extension YAMLValue {
  /// The key path for what stands inside this text; none on the command line.
  fileprivate var place: String { file == EngineOverride.place ? "" : path }
}
