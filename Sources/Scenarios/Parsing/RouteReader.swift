internal import FleetEngine

/// Reads the `route` of a policy: a name, or a mapping where it takes more to say.
struct RouteReader {
  let objective: ServiceLevelObjective

  func read(_ value: YAMLValue) throws -> RouteSpecification {
    guard value.isMapping else {
      let kind = try value.choice(of: RouteSpecification.Kind.self)
      if let missing = Self.required(kind) {
        throw value.error(
          "route \(kind.rawValue) needs \(missing)", expected: "\(kind.usage)")
      }
      return RouteSpecification(kind)
    }
    return try value.mapping(route)
  }

  /// The key without which a kind means nothing.
  private static func required(_ kind: RouteSpecification.Kind) -> String? {
    switch kind {
    case .sloPacking, .energyGreedy: "expected_output"
    case .energyConsolidate: "fill"
    default: nil
    }
  }

  private func route(_ yaml: YAMLMapping) throws -> RouteSpecification {
    let kindValue = try yaml["by"]
    var route = RouteSpecification(try kindValue.choice(of: RouteSpecification.Kind.self))
    switch route.kind {
    case .sloPacking, .energyGreedy:
      route.expectedOutputTokens = try yaml["expected_output"].int(in: 1...LengthReader.most)
      guard route.kind == .energyGreedy || !objective.isEmpty else {
        throw kindValue.error(
          "route slo-packing is given without an slo", expected: "objectives with an slo")
      }
    case .energyConsolidate: route.fill = try yaml["fill"].double(.positiveFraction)
    case .prefixAffinity:
      if let excess = yaml.optional("excess_load") {
        route.excessLoad = try excess.int(in: 0...1_000_000)
      }
    default: break
    }
    return route
  }
}
