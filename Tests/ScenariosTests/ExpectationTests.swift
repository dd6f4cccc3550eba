import Testing

@testable import Scenarios

private let claim =
  "claim: c, type: trend, quantity: accuracy, of: {policy: fixed}, expect: 0.5, "
  + "accept: {absolute: 0.1}"

private func scenario(_ claim: String) -> String {
  validText + """


    expectations:
      source: a paper
      claims:
        - {\(claim)}
    """
}

private func failure(_ old: String, _ new: String) -> String {
  #expect(claim.contains(old))
  do {
    let text = scenario(claim.replacing(old, with: new))
    _ = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    return "none"
  } catch {
    return "\(error)"
  }
}

struct ExpectationTests {
  @Test func `a claim is read with what it is about`() throws {
    let text = scenario(claim.replacing("claim: c", with: "id: r1, claim: c, explained: why"))
    let parsed = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    let expectations = try #require(parsed.expectations)
    #expect(expectations.source == "a paper")
    let read = try #require(expectations.claims.first)
    #expect(read.id == "r1" && read.kind == .trend && read.explanation == "why")
    let figure = FigureReference(
      quantity: .accuracy, scenario: nil, policy: "fixed", task: nil)
    #expect(
      read.test
        == .value(
          FigureFormula(figure: figure, combination: .alone),
          expected: ExpectedFigure(range: 0.5...0.5), tolerance: .absolute(0.1)))
  }

  @Test(
    "a broken claim is refused with its place",
    arguments: [
      ("policy: fixed", "policy: fixd", "did you mean \"fixed\"?"),
      ("quantity: accuracy", "quantity: acuracy", "did you mean \"accuracy\"?"),
      ("type: trend", "type: trends", "did you mean \"trend\"?"),
      ("expect: 0.5", "expect: much", "expect is \"much\""),
      ("expect: 0.5", "expect: {from: 2, to: 1}", "to is 1"),
      ("accept: {absolute: 0.1}", "accept: {shar: 0.1}", "missing key"),
      ("policy: fixed", "tsk: chat", "unknown key \"tsk\""),
      (
        "quantity: accuracy, of: {policy: fixed}",
        "quantity: energy_per_request_j, of: {task: chat}",
        "energy_per_request_j is of the whole fleet, not of one task"
      ),
    ])
  func broken(_ old: String, _ new: String, _ message: String) {
    let error = failure(old, new)
    #expect(error.contains(message), "\(error)")
    #expect(error.hasPrefix("s.yaml:4"), "\(error)")
  }
}
