extension Scenario {
  /// Indices of the declared policies with these names, in the scenario's order; all of them for
  /// an empty list. Throws an `InputError` with the nearest name for one that is not declared.
  public func policyIndices(named names: [String]) throws(InputError) -> [Int] {
    let declared = policies.map(\.name)
    for name in names where !declared.contains(name) {
      throw InputError(
        problem: "no policy is called \"\(name)\" in \(self.name)",
        expectation: InputError.oneOf(declared),
        suggestion: NearestName.to(name, among: declared))
    }
    return policies.indices.filter { names.isEmpty || names.contains(policies[$0].name) }
  }
}
