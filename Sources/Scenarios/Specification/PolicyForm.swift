/// One line of a listing of what policies are made of.
public struct PolicyForm: Hashable, Sendable {
  public let name: String
  /// As a scenario writes it.
  public let usage: String
  public let summary: String

  /// Every way to choose an arm, then every way to choose a replica.
  public static let all: [PolicyForm] =
    choices
    + RouteSpecification.Kind.allCases.map {
      PolicyForm(name: $0.rawValue, usage: $0.usage, summary: $0.summary)
    }

  private static let choices = [
    PolicyForm(
      name: "fixed arm", usage: "choose: {arm: NAME}",
      summary: "always the same arm"),
    PolicyForm(
      name: "mix", usage: "choose: {mix: {A: 0.7, B: 0.3}}",
      summary: "arms at random at given shares, whatever the query"),
    PolicyForm(
      name: "prompt-length",
      usage: "choose: {threshold: prompt-length, at: 400, below: A, above: B}",
      summary: "one arm for short prompts, another for long ones"),
    PolicyForm(
      name: "difficulty",
      usage: "choose: {threshold: difficulty, at: 0.6, below: A, above: B, "
        + "estimator: {correlation: 0.7}}",
      summary: "one arm for queries that look easy, another for those that look hard"),
    PolicyForm(
      name: "column",
      usage: "choose: {threshold: column, column: NAME, at: [0.3, 0.7], arms: [A, B, C]}",
      summary: "arms by the steps of a declared column of numbers, as a router's scores"),
    PolicyForm(
      name: "zeta",
      usage: "choose: {zeta: 0.5, expected_output: 160, arms: {A: {accuracy: 51, "
        + "joules: [-3.9, 31.5, 0.043]}, …}}",
      summary: "closed forms of energy and accuracy, weighed by zeta (arXiv 2407.04014)"),
    PolicyForm(
      name: "linear bandit",
      usage: "choose: {bandit: linear, arms: all, lambda: 0.001, explore: 0.5, "
        + "judge: {label_rate: 0.1, error: 0.05, delay: 60 s}}",
      summary: "learns accuracy less lambda times joules from a judge; tries what may be good"),
    PolicyForm(
      name: "Thompson bandit", usage: "choose: {bandit: thompson, …}",
      summary: "the same; draws what it believes from its posterior"),
    PolicyForm(
      name: "joint router",
      usage: "choose: {joint: all, accuracy_floor: 0.7, estimator: {auc: 0.75}}",
      summary: "arm and replica by expected accuracy and marginal joules at the present load, to "
        + "an accuracy_floor, a joule_budget or at a price lambda"),
    PolicyForm(
      name: "oracle", usage: "choose: {oracle: all, accuracy_floor: 0.7}",
      summary: "a bound: the joint router of one who knows every answer beforehand"),
    PolicyForm(
      name: "process", usage: "choose: {process: [python3, router.py], state: none}",
      summary: "your own program, which answers JSON lines (docs/policies.md)"),
  ]
}
