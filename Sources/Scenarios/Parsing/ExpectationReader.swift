/// Reads the `expectations` of a scenario that stands for a publication.
struct ExpectationReader {
  /// The scenario's own name: claims that name no `id` go by it.
  let scenario: String
  let policies: [String]
  let tasks: [String]

  func read(_ yaml: YAMLMapping) throws -> Expectations {
    Expectations(
      source: try yaml["source"].string(),
      claims: try yaml["claims"].list { try $0.mapping(claim) })
  }

  private func claim(_ yaml: YAMLMapping) throws -> Claim {
    Claim(
      id: try yaml.optional("id")?.name() ?? scenario,
      kind: try yaml["type"].choice(of: Claim.Kind.self),
      text: try yaml["claim"].string(), test: try test(yaml),
      explanation: try yaml.optional("explained")?.string())
  }

  private func test(_ yaml: YAMLMapping) throws -> Claim.Test {
    if let reason = yaml.optional("not_run") { return .notRun(reason: try reason.string()) }
    let quantity = try yaml["quantity"].choice(of: FigureQuantity.self)
    if let shape = yaml.optional("is") {
      let kind = try shape.choice(of: Claim.Shape.self)
      return .shape(
        kind, of: try formulas(yaml["of"], quantity, yaml),
        over: try over(yaml, kind, quantity))
    }
    let formula = FigureFormula(
      figure: try yaml["of"].mapping { try reference($0, quantity) },
      combination: try combination(yaml, quantity))
    let expected = ExpectedFigure(range: try range(yaml["expect"]))
    if let reason = yaml.optional("input") {
      return .input(formula, expected: expected, reason: try reason.string())
    }
    return .value(formula, expected: expected, tolerance: try tolerance(yaml["accept"]))
  }

  /// A concave curve needs what it is a function of.
  private func over(
    _ yaml: YAMLMapping, _ shape: Claim.Shape, _ quantity: FigureQuantity
  ) throws -> [FigureFormula] {
    guard shape == .concave else { return [] }
    let over = try yaml["over"].choice(of: FigureQuantity.self)
    return try formulas(yaml["of"], over, yaml)
  }

  private func formulas(
    _ value: YAMLValue, _ quantity: FigureQuantity, _ yaml: YAMLMapping
  ) throws -> [FigureFormula] {
    let combination = try combination(yaml, quantity)
    return try value.list(atLeast: 2) { entry in
      FigureFormula(
        figure: try entry.mapping { try reference($0, quantity) }, combination: combination)
    }
  }

  private func combination(
    _ yaml: YAMLMapping, _ quantity: FigureQuantity
  ) throws -> FigureFormula.Combination {
    if let other = yaml.optional("to") {
      return .dividedBy(try other.mapping { try reference($0, quantity) })
    }
    if let other = yaml.optional("minus") {
      return .minus(try other.mapping { try reference($0, quantity) })
    }
    return .alone
  }

  private func reference(
    _ yaml: YAMLMapping, _ quantity: FigureQuantity
  ) throws -> FigureReference {
    let elsewhere = try yaml.optional("scenario")?.name()
    let taskValue = yaml.optional("task")
    let own = try yaml.optional("quantity")?.choice(of: FigureQuantity.self) ?? quantity
    func known(_ value: YAMLValue, _ names: [String]) throws -> String {
      try elsewhere == nil ? value.choice(among: names) : value.name()
    }
    let policy = try yaml.optional("policy").map { try known($0, policies) }
    let task = try taskValue.map { try known($0, tasks) }
    if let taskValue, !own.knowsTasks {
      throw taskValue.error(
        "\(own.rawValue) is of the whole fleet, not of one task",
        expected: "attributed_per_request_j or another that requests bear")
    }
    return FigureReference(quantity: own, scenario: elsewhere, policy: policy, task: task)
  }

  private func tolerance(_ value: YAMLValue) throws -> Tolerance {
    try value.mapping { yaml in
      if let share = yaml.optional("share") { return .share(try share.double(.positive)) }
      if let absolute = yaml.optional("absolute") {
        return .absolute(try absolute.double(.positive))
      }
      return .within(try ends(yaml))
    }
  }

  /// A number, or `{from: , to: }`.
  private func range(_ value: YAMLValue) throws -> ClosedRange<Double> {
    guard value.isMapping else {
      let number = try value.double()
      return number...number
    }
    return try value.mapping(ends)
  }

  private func ends(_ yaml: YAMLMapping) throws -> ClosedRange<Double> {
    let from = try yaml["from"].double()
    let toValue = try yaml["to"]
    let to = try toValue.double()
    guard from <= to else { throw toValue.isNot("at least \(NumberText.of(from)), the from") }
    return from...to
  }
}
