/// The parameters of a strategy as people write it, `name:parameter=value,…`.
///
/// A plus sign may stand in the place of a comma, for lines in which commas part other things.
struct StrategyParameters {
  let strategy: String
  /// As the strategy could be written.
  let example: String
  private let values: [(name: String, value: String)]

  /// Throws where a parameter is not among `known`, or is there twice.
  init(
    _ text: String, of strategy: String, known: [String], example: String
  ) throws(StrategyError) {
    self.strategy = strategy
    self.example = example
    var values: [(name: String, value: String)] = []
    for item in text.split(whereSeparator: { $0 == "," || $0 == "+" }) {
      let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(sides[0])
      guard known.contains(name) else {
        throw .unknownParameter(name, strategy: strategy, known: known)
      }
      guard !values.contains(where: { $0.name == name }) else {
        throw .repeatedParameter(name, strategy: strategy)
      }
      values.append((name, sides.count > 1 ? String(sides[1]) : ""))
    }
    self.values = values
  }

  func has(_ name: String) -> Bool { values.contains { $0.name == name } }

  /// A name, as of a model; nil where none is given.
  func word(_ name: String) throws(StrategyError) -> String? {
    guard let text = values.first(where: { $0.name == name })?.value else { return nil }
    guard !text.isEmpty else { throw invalid(text, name, "a name") }
    return text
  }

  func required<Value>(_ name: String, _ value: Value?) throws(StrategyError) -> Value {
    guard let value else {
      throw .missingParameter(name, strategy: strategy, example: example)
    }
    return value
  }

  func int(_ name: String, in range: ClosedRange<Int>) throws(StrategyError) -> Int? {
    guard let text = values.first(where: { $0.name == name })?.value else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw invalid(
        text, name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func double(_ name: String, in range: ClosedRange<Double>) throws(StrategyError) -> Double? {
    guard let text = values.first(where: { $0.name == name })?.value else { return nil }
    guard let number = Double(text), range.contains(number) else {
      throw invalid(text, name, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, of type: Value.Type
  ) throws(StrategyError) -> Value? where Value.RawValue == String {
    guard let text = values.first(where: { $0.name == name })?.value else { return nil }
    guard let value = Value(rawValue: text) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw invalid(text, name, "one of \(known)")
    }
    return value
  }

  private func invalid(_ text: String, _ name: String, _ expected: String) -> StrategyError {
    .invalidValue(text, parameter: name, strategy: strategy, expected: expected)
  }

  /// An area under the ROC curve, better than chance.
  static let areas = 0.5...0.9999
}
