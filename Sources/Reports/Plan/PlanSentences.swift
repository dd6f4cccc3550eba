internal import Planning
internal import Scenarios

/// A plan in words, for the terminal and for the page.
struct PlanSentences {
  private let plan: FleetPlan

  init(_ plan: FleetPlan) { self.plan = plan }

  static let nothing = "No candidate does what is asked."

  /// Replicas by pool, and GPUs.
  func fleet(_ planned: PlannedFleet) -> String {
    let spare = planned.spareReplicas > 0 ? " (\(planned.spareReplicas) of each pool spare)" : ""
    return "\(Self.pools(planned.fleet))\(spare), \(Self.count(planned.fleet.gpuCount, "GPU"))"
  }

  private static func pools(_ fleet: PlacedFleet) -> String {
    zip(fleet.family.pools, fleet.replicas).map { pool, count in
      let degree = pool.tensorParallel > 1 ? " × \(pool.tensorParallel)" : ""
      return "\(Self.count(count, "replica")) of \(pool.model) on \(pool.gpu)\(degree)"
    }.joined(separator: "; ")
  }

  private static func count(_ number: Int, _ thing: String) -> String {
    "\(NumberText.count(number)) \(thing)\(number == 1 ? "" : "s")"
  }

  /// The plan in one sentence.
  var headline: String {
    guard let chosen = plan.chosen else { return Self.nothing }
    let economics = chosen.economics
    let goal = plan.question.goal
    let amount = NumberText.figure(economics.value(of: goal))
    let energy = "\(NumberText.figure(economics.joulesPerOutputToken)) J per output token"
    let isOne = chosen.fleet.replicas.reduce(0, +) == 1
    return "\(fleet(chosen)), \(isOne ? "takes" : "take") the least \(goal.rawValue): \(amount) "
      + "\(PlanFigure.unit(of: plan.question)), \(energy); \(isOne ? "it meets" : "they meet") "
      + "the objective in "
      + "\(chosen.verification.met) of \(chosen.verification.count) replications."
  }

  /// What was asked.
  var question: String {
    let question = plan.question
    let share = NumberText.percent(question.attainment)
    let floor = question.accuracyFloor.map { ", \(NumberText.percent($0)) right answers" } ?? ""
    let envelope =
      question.limits.mostKilowatts.map { ", at most \(NumberText.figure($0)) kW" } ?? ""
    let growth =
      question.demand.growth == 1
      ? "" : ", \(NumberText.figure(question.demand.growth)) times today's traffic"
    let rate =
      question.demand.rate.map {
        "\(NumberText.figure($0 * question.demand.peakFactor)) arrivals a second at the peak"
      } ?? "a trace"
    return "Asked for: the least \(question.goal.rawValue) for \(rate)\(growth), with \(share) of "
      + "requests within the objective\(floor)\(envelope)."
  }

  /// How sure it is, what binds, and what one replica less violates.
  func verdict(_ chosen: PlannedFleet) -> [String] {
    let check = chosen.verification
    let share = NumberText.percent(plan.question.attainment)
    var lines = [
      "Meets in \(check.met) of \(check.count) replications (\(share) of requests asked for, "
        + "\(NumberText.percent(check.leastAttainment, decimals: 2)) in the worst)."
    ]
    if let binding = check.binding {
      lines.append("Nearest to its bound: \(Self.text(binding, share: share)).")
    }
    if let accuracy = check.accuracy {
      let floor = plan.question.accuracyFloor.map { ", asked for \(NumberText.percent($0))" } ?? ""
      lines.append("Right answers: \(NumberText.percent(accuracy))\(floor).")
    }
    for less in chosen.oneLess {
      let what = less.verification.binding.map { ": \(Self.text($0, share: share))" } ?? ""
      lines.append(
        "One replica less of \(PlanFamily.poolName(less.pool)) meets in "
          + "\(less.verification.met) of \(less.verification.count)\(what).")
    }
    return lines
  }

  private static func text(_ margin: LatencyMargin, share: String) -> String {
    "\(margin.name) of \(share) within \(NumberText.figure(margin.milliseconds)), bound "
      + NumberText.figure(margin.bound)
  }

  /// The fleet that stands there beside the plan's.
  func inPlace(_ chosen: PlannedFleet) -> [String] {
    guard let placed = plan.inPlace else { return [] }
    let goal = plan.question.goal
    let met = "meets in \(placed.verification.met) of \(placed.verification.count)"
    guard let now = placed.economics.value(of: goal), let then = chosen.economics.value(of: goal)
    else { return [] }
    let change = NumberText.figure(100 * abs(then / now - 1))
    return [
      "In place: \(Self.pools(placed.fleet)), \(met).",
      "The plan takes \(change) % \(then < now ? "less" : "more") \(goal.rawValue).",
    ]
  }

  /// Where prices and carbon come from.
  var sources: [(title: String, lines: [String])] {
    var sources: [(title: String, lines: [String])] = []
    if let prices = plan.question.prices {
      let used = Set(plan.chosen?.fleet.gpusByName.keys.map { $0 } ?? [])
      let rows =
        [("electricity", prices.electricity), ("peak demand", prices.demand)].compactMap {
          name, price in
          price.map { "\(name): \(NumberText.figure($0.value)) \($0.unit) (\($0.source))" }
        }
        + prices.gpus.filter { used.contains($0.key) }.sorted { $0.key < $1.key }.map {
          "\($0.key): \($0.value.source)"
        }
      sources.append(("Prices: \(prices.title)", rows))
    }
    if let grid = plan.question.grid {
      sources.append(("Carbon: \(grid.title) (\(grid.source))", []))
    }
    return sources
  }
}
