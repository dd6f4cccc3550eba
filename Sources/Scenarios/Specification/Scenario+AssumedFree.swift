extension Scenario {
  /// Names of the policies that choose by query and declare no cost of doing so: they are
  /// simulated as if a decision took neither time nor energy.
  public var policiesAssumedFree: [String] {
    policies.filter { $0.choice.arms.count > 1 }.map(\.name)
  }
}
