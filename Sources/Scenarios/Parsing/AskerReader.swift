internal import Quantities

/// Reads `priority`, `timeout` and `patience`, of a workload or of one of its tasks.
enum AskerReader {
  static let keys = ["priority", "timeout", "patience"]

  private static let levels = -1_000_000...1_000_000

  static func read(_ yaml: YAMLMapping) throws -> AskerSpecification {
    AskerSpecification(
      priorities: try yaml.optional("priority").map(priorities),
      timeout: try yaml.optional("timeout").map(DurationReader.read),
      patience: try yaml.optional("patience").map(DurationReader.read))
  }

  /// `3`, or shares by priority, `{0: 0.2, 10: 0.8}`.
  private static func priorities(
    _ value: YAMLValue
  ) throws -> [AskerSpecification.PriorityShare] {
    guard value.isMapping else {
      guard let level = try? value.int(in: levels) else {
        throw value.isNot("a whole number, lower for more urgent, or shares by such numbers")
      }
      return [.init(level: level, share: 1)]
    }
    let shares = try value.mapping { yaml in
      try yaml.keys.map { key in
        guard let level = NumberSyntax.int(key), levels.contains(level) else {
          throw yaml.error(
            "\"\(key)\" is no priority", expected: "a whole number, lower for more urgent")
        }
        let share = try yaml[key].double(.between(0...1e12))
        return AskerSpecification.PriorityShare(level: level, share: share)
      }
    }
    guard shares.contains(where: { $0.share > 0 }) else {
      throw value.error("the shares of \(value.label) sum to 0", expected: "one share > 0")
    }
    return shares.sorted { $0.level < $1.level }
  }
}

/// Reads distributions of times.
enum DurationReader {
  /// Shorter times are slips of the pen.
  private static let times = Bounds(lower: 1e-6)

  /// `30 s`, or `{exponential: {mean: 30 s}, max: 5 min}` and its like.
  static func read(_ value: YAMLValue) throws -> DurationSpecification {
    guard value.isMapping else {
      return DurationSpecification(law: .constant(try value.duration(times)), longest: nil)
    }
    return try value.mapping { yaml in
      let exponential = try yaml.optional("exponential")?.mapping {
        DurationSpecification.Law.exponential(mean: try $0["mean"].duration(times))
      }
      let logNormal = try yaml.optional("lognormal")?.mapping {
        DurationSpecification.Law.logNormal(
          mean: try $0["mean"].duration(times), logSD: try $0["ln_sd"].double(.between(0...5)))
      }
      let longest = try yaml.optional("max")?.duration(times)
      try yaml.finish()
      switch (exponential, logNormal) {
      case (let law?, nil), (nil, let law?):
        return DurationSpecification(law: law, longest: longest)
      default:
        throw value.error(
          "\(value.label) names \(exponential == nil ? 0 : 2) distributions",
          expected: "one of exponential, lognormal, or a time with its unit, as 30 s")
      }
    }
  }
}
