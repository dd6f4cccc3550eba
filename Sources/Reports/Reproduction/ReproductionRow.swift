internal import Scenarios
internal import Studies

/// One claim with its verdict, in words and figures.
struct ReproductionRow {
  let verdict: ClaimVerdict

  var id: String { verdict.claim.id }
  var kind: String { verdict.claim.kind.rawValue }
  var text: String { verdict.claim.text }
  var outcome: String { verdict.outcome.rawValue }
  var reason: String { verdict.reason ?? "" }

  /// What was published.
  var expected: String {
    switch verdict.claim.test {
    case .value(_, let expected, _), .input(_, let expected, _): Self.text(expected.range)
    case .shape(let shape, _, _): shape.rawValue
    case .notRun: NumberText.none
    }
  }

  var simulated: String {
    guard !verdict.simulated.isEmpty else { return NumberText.none }
    return verdict.simulated.map { NumberText.figure($0) }.joined(separator: ", ")
  }

  /// What would have passed.
  var accepted: String {
    acceptedRange.map(Self.text) ?? NumberText.none
  }

  private var acceptedRange: ClosedRange<Double>? {
    guard case .value(_, let expected, let tolerance) = verdict.claim.test else { return nil }
    return tolerance.accepted(expected)
  }

  private static func text(_ range: ClosedRange<Double>) -> String {
    let ends = [range.lowerBound, range.upperBound].map { NumberText.figure($0) }
    return range.lowerBound == range.upperBound ? ends[0] : ends.joined(separator: " to ")
  }

  var json: JSONValue {
    [
      "id": .string(id), "scenario": .string(verdict.scenario), "type": .string(kind),
      "claim": .string(text), "expected": expectedJSON,
      "simulated": Self.json(verdict.simulated), "tolerance": toleranceJSON,
      "verdict": .string(outcome), "reason": verdict.reason.map { .string($0) } ?? .null,
      "source": .string(verdict.source),
    ]
  }

  private var expectedJSON: JSONValue {
    switch verdict.claim.test {
    case .value(_, let expected, _), .input(_, let expected, _): Self.json(expected.range)
    case .shape(let shape, _, _): .string(shape.rawValue)
    case .notRun: .null
    }
  }

  private var toleranceJSON: JSONValue {
    acceptedRange.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null
  }

  private static func json(_ range: ClosedRange<Double>) -> JSONValue {
    range.lowerBound == range.upperBound
      ? .number(range.lowerBound) : .array([.number(range.lowerBound), .number(range.upperBound)])
  }

  private static func json(_ values: [Double]) -> JSONValue {
    switch values.count {
    case 0: .null
    case 1: .number(values[0])
    default: .array(values.map { .number($0) })
    }
  }
}
