import Scenarios
import Testing

struct PolicySweepTests {
  private static let original = """
      - name: hard
        choose: {threshold: difficulty, at: 0.6, below: direct, above: large, estimator: {auc: 0.8}}
        route: round-robin
    """

  private func scenario(_ policy: String) throws -> Scenario {
    #expect(validText.contains(Self.original))
    return try Scenario.parse(
      text: validText.replacing(Self.original, with: policy), file: "s.yaml", catalog: catalog)
  }

  @Test func `a sweep makes a policy of each value, named after it`() throws {
    let found = try scenario(
      """
        - name: hard
          choose: {threshold: difficulty, below: direct, above: large, estimator: {auc: 0.8}}
          sweep: {at: [0.2, 0.4, 0.6]}
      """)
    #expect(
      found.policies.map(\.name) == ["fixed", "hard-0.2", "hard-0.4", "hard-0.6", "long"])
    #expect(found.policies.map(\.family) == [nil, "hard", "hard", "hard", nil])
    #expect(found.sweptFamilies == ["hard"])
    #expect(found.familiesByRun["hard-0.4"] == ["hard"] && found.familiesByRun["long"] == nil)
    let single = try scenario(
      """
        - name: hard-0.4
          choose: {threshold: difficulty, at: 0.4, below: direct, above: large, estimator: {auc: 0.8}}
      """)
    #expect(found.policies[2].choice == single.policies[1].choice)
  }

  @Test func `several keys are combined, and a path reaches into the estimator`() throws {
    let found = try scenario(
      """
        - name: hard
          choose: {threshold: difficulty, at: 0.5, below: direct, above: large, estimator: {auc: 0.8}}
          sweep: {choose.estimator.auc: [0.7, 0.9], route: [round-robin, least-loaded]}
      """)
    #expect(
      found.policies.map(\.name).dropFirst().dropLast() == [
        "hard-0.7-round-robin", "hard-0.7-least-loaded", "hard-0.9-round-robin",
        "hard-0.9-least-loaded",
      ])
  }

  @Test(
    arguments: [
      ("at: [0.2, 1.4]", "s.yaml:29:23: at is 1.4 in policies[1].choose; expected a number > 0"),
      ("at: 0.2", "s.yaml:29:17: at is 0.2 in policies[1].sweep; expected a list of at least 1"),
      ("lambda: [1, 2]", "unknown key \"lambda\""),
      ("at: [0.2, 0.2]", "name is \"hard-0.2\" in policies[1]"),
    ])
  func `what is wrong with a value is said where it stands`(sweep: String, message: String) {
    let error = #expect(throws: InputError.self) {
      try scenario(
        """
          - name: hard
            choose: {threshold: difficulty, at: 0.5, below: direct, above: large, estimator: {auc: 0.8}}
            sweep: {\(sweep)}
        """)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(String(describing: error))")
  }
}
