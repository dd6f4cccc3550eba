/// A strategy as people write it, which cannot be read.
public enum StrategyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No strategy has this name.
  case unknownStrategy(String, known: [String])
  /// The strategy takes no parameter of this name.
  case unknownParameter(String, strategy: String, known: [String])
  /// `example` is the strategy as it could be written.
  case missingParameter(String, strategy: String, example: String)
  case repeatedParameter(String, strategy: String)
  /// A value that is not what the parameter takes.
  case invalidValue(String, parameter: String, strategy: String, expected: String)

  public var description: String {
    switch self {
    case .unknownStrategy(let name, let known):
      "no strategy is named '\(name)'; there are \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let strategy, let known) where known.isEmpty:
      "strategy \(strategy) takes no parameters, but '\(name)' was given"
    case .unknownParameter(let name, let strategy, let known):
      "strategy \(strategy) has no parameter '\(name)'; it has \(known.joined(separator: ", "))"
    case .missingParameter(let name, let strategy, let example):
      "strategy \(strategy) needs the parameter '\(name)', as in \(example)"
    case .repeatedParameter(let name, let strategy):
      "strategy \(strategy) was given the parameter '\(name)' twice"
    case .invalidValue(let text, let parameter, let strategy, let expected):
      "strategy \(strategy): \(parameter) is '\(text)' where \(expected) is expected"
    }
  }
}
