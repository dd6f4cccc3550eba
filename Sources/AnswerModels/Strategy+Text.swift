/// A strategy as people write it, which cannot be read.
public enum StrategyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No strategy has this name.
  case unknownStrategy(String, known: [String])
  /// The strategy takes no parameter of this name.
  case unknownParameter(String, strategy: String, known: [String])
  case missingParameter(String, strategy: String)
  case repeatedParameter(String, strategy: String)
  /// A value that is no whole number in the allowed range.
  case invalidValue(String, parameter: String, strategy: String, allowed: ClosedRange<Int>)

  public var description: String {
    switch self {
    case .unknownStrategy(let name, let known):
      "no strategy is named '\(name)'; there are \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let strategy, let known) where known.isEmpty:
      "strategy \(strategy) takes no parameters, but '\(name)' was given"
    case .unknownParameter(let name, let strategy, let known):
      "strategy \(strategy) has no parameter '\(name)'; it has \(known.joined(separator: ", "))"
    case .missingParameter(let name, let strategy):
      "strategy \(strategy) needs the parameter '\(name)', as in \(strategy):\(name)=5"
    case .repeatedParameter(let name, let strategy):
      "strategy \(strategy) was given the parameter '\(name)' twice"
    case .invalidValue(let text, let parameter, let strategy, let allowed):
      """
      strategy \(strategy): \(parameter) is '\(text)' where a whole number from \
      \(allowed.lowerBound) to \(allowed.upperBound) is expected
      """
    }
  }
}

/// One line of a listing of the strategies.
public struct StrategyForm: Hashable, Sendable {
  public let name: String
  /// As it is written, parameters included.
  public let usage: String
  public let summary: String
}

extension Strategy: CustomStringConvertible {
  public static let forms = [
    StrategyForm(name: "direct", usage: "direct", summary: "one sample, the answer at once"),
    StrategyForm(
      name: "chain-of-thought", usage: "chain-of-thought",
      summary: "one sample that reasons before it answers"),
    StrategyForm(
      name: MajorityVote.name, usage: "\(MajorityVote.name):k=5",
      summary: "k samples that reason, their most frequent answer; they share the prompt"),
  ]

  /// Reads a strategy from its text form, `name` or `name:parameter=value,…`.
  public init(text: some StringProtocol) throws(StrategyError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let parameters = try Self.parameters(parts.count > 1 ? String(parts[1]) : "", of: name)
    switch name {
    case "direct":
      try Self.check(parameters, of: name, known: [])
      self = .direct
    case "chain-of-thought":
      try Self.check(parameters, of: name, known: [])
      self = .chainOfThought
    case MajorityVote.name:
      try Self.check(parameters, of: name, known: ["k"])
      self = .majorityVote(try MajorityVote(parameters: parameters))
    default:
      throw .unknownStrategy(name, known: Self.forms.map(\.name))
    }
  }

  /// The text form that reads back as this strategy.
  public var description: String {
    switch self {
    case .direct: "direct"
    case .chainOfThought: "chain-of-thought"
    case .majorityVote(let vote): "\(MajorityVote.name):k=\(vote.sampleCount)"
    }
  }

  typealias Parameters = [(name: String, value: String)]

  private static func parameters(
    _ text: String, of strategy: String
  ) throws(StrategyError) -> Parameters {
    var parameters: Parameters = []
    for item in text.split(separator: ",") {
      let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(sides[0])
      guard !parameters.contains(where: { $0.name == name }) else {
        throw .repeatedParameter(name, strategy: strategy)
      }
      parameters.append((name, sides.count > 1 ? String(sides[1]) : ""))
    }
    return parameters
  }

  private static func check(
    _ parameters: Parameters, of strategy: String, known: [String]
  ) throws(StrategyError) {
    for parameter in parameters where !known.contains(parameter.name) {
      throw .unknownParameter(parameter.name, strategy: strategy, known: known)
    }
  }
}
