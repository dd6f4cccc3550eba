internal import FleetEngine
internal import Scenarios

/// Finds the fewest replicas of one family that do what is asked.
///
/// Trials with a few seeds decide; every one of them must meet. More replicas are taken to meet
/// whatever fewer ones meet.
struct FleetSearch {
  let runner: TrialRunner
  let screens: [PoolScreen]
  let seeds: [UInt64]
  let factor: Double
  /// By pool: what the inventory and the question allow.
  let most: [Int]

  /// The least fleet, nil where even the most replicas do not meet, and the trials of every fleet
  /// that was tried on the way.
  func least(
    from start: [Int]
  ) async throws -> (replicas: [Int]?, tried: [[Int]: [FleetTrial]]) {
    var known: [[Int]: [FleetTrial]] = [:]
    guard var fleet = try await feasible(from: start, &known) else { return (nil, known) }
    // One pool after the other, the last of which may let the first shrink once more.
    for pool in Array(fleet.indices) + (fleet.count > 1 ? [0] : []) {
      fleet[pool] = try await shrunk(fleet, pool: pool, &known)
    }
    return (fleet, known)
  }

  /// From the mean's number upwards, in steps that grow, until the trials meet.
  private func feasible(
    from start: [Int], _ known: inout [[Int]: [FleetTrial]]
  ) async throws -> [Int]? {
    var fleet = zip(start, most).map { min($0, $1) }
    var step = 0.05
    while true {
      if try await meets(fleet, &known) { return fleet }
      guard zip(fleet, most).contains(where: { $0 < $1 }) else { return nil }
      fleet = zip(fleet, most).map { count, most in
        min(most, count + max(1, Int(Double(count) * step)))
      }
      step *= 1.6
    }
  }

  /// The least number of one pool with which the fleet still meets.
  private func shrunk(
    _ fleet: [Int], pool: Int, _ known: inout [[Int]: [FleetTrial]]
  ) async throws -> Int {
    var high = fleet[pool]
    // The largest number known to fail with the others as they are.
    var low =
      known.keys.filter { key in
        key[pool] < high && key.indices.allSatisfy { $0 == pool || key[$0] == fleet[$0] }
          && !isMet(known[key])
      }.map { $0[pool] }.max() ?? 0
    var isFirst = low == 0
    while high - low > 1 {
      // The mean's number is near: the answer is found a little below or not at all.
      let middle = isFirst ? max(low + 1, high - max(1, high / 8)) : (low + high) / 2
      isFirst = false
      var smaller = fleet
      smaller[pool] = middle
      if try await meets(smaller, &known) { high = middle } else { low = middle }
    }
    return high
  }

  private func meets(
    _ fleet: [Int], _ known: inout [[Int]: [FleetTrial]]
  ) async throws -> Bool {
    if let trials = known[fleet] { return isMet(trials) }
    // The first seed alone tells most fleets that are far too small.
    let first = try await runner.trials(fleet, seeds: Array(seeds.prefix(1)), factor: factor)
    guard isMet(first), seeds.count > 1 else {
      known[fleet] = first
      return isMet(first)
    }
    let rest = try await runner.trials(fleet, seeds: Array(seeds.dropFirst()), factor: factor)
    known[fleet] = first + rest
    return isMet(first + rest)
  }

  private func isMet(_ trials: [FleetTrial]?) -> Bool {
    trials?.allSatisfy { $0.meets(runner.share) } ?? false
  }
}
