internal import FleetEngine
internal import Scenarios

extension FamilyStudy {
  /// The least fleet by the search's own seeds, nil where none meets, and every fleet tried.
  func search() async throws -> (replicas: [Int]?, tried: [TriedFleet]) {
    let seeds = (0..<Self.searchSeeds).map { question.seed &+ $0 }
    let search = FleetSearch(
      runner: runner, screens: screens, seeds: seeds, factor: question.demand.peakFactor,
      most: most)
    let found = try await search.least(from: least)
    let tried = found.tried.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
      TriedFleet(self, $0.key, $0.value)
    }
    return (found.replicas, tried)
  }

  /// Trials of a fleet at the peak with seeds that the search has not seen.
  func verify(_ replicas: [Int], replications: Int) async throws -> Verification {
    let seeds = (0..<UInt64(replications)).map { question.seed &+ Self.firstUnseenSeed &+ $0 }
    let trials = try await runner.trials(
      replicas, seeds: seeds, factor: question.demand.peakFactor)
    return Verification(trials, share: question.attainment)
  }

  /// The fleet of the search, moved until unseen seeds confirm it and deny each fleet with one
  /// replica less; nil where there is no room for a fleet that they confirm.
  func confirmed(
    _ start: [Int], replications: Int
  ) async throws -> (replicas: [Int], Verification, [PlannedFleet.OneLess])? {
    var fleet = start
    var known: [[Int]: Verification] = [:]
    func verification(_ replicas: [Int]) async throws -> Verification {
      if let found = known[replicas] { return found }
      let found = try await verify(replicas, replications: replications)
      known[replicas] = found
      return found
    }
    // Each pool in its turn gets one more; the mean's number is rarely more than a few off.
    var turn = 0
    while try await !verification(fleet).isConfident {
      guard
        let pool = fleet.indices.map({ ($0 + turn) % fleet.count }).first(where: {
          fleet[$0] < most[$0]
        })
      else { return nil }
      fleet[pool] += max(1, fleet[pool] / Self.largestStep)
      fleet[pool] = min(fleet[pool], most[pool])
      turn += 1
    }
    var oneLess: [PlannedFleet.OneLess] = []
    var pool = 0
    while pool < fleet.count {
      guard fleet[pool] > 1 else {
        pool += 1
        continue
      }
      var smaller = fleet
      smaller[pool] -= 1
      let verification = try await verification(smaller)
      if verification.isConfident {
        fleet = smaller
        oneLess = []
        pool = 0
      } else {
        oneLess.append(PlannedFleet.OneLess(pool: pool, verification: verification))
        pool += 1
      }
    }
    return (fleet, try await verification(fleet), oneLess)
  }

  /// A fleet of hundreds moves by more than one.
  private static let largestStep = 100

  /// How many times its peak the fleet bears, to a few hundredths, by one seed; nil for a trace.
  func capacityFactor(of replicas: [Int]) async throws -> Double? {
    guard question.demand.rate != nil else { return nil }
    let peak = question.demand.peakFactor
    func meets(_ multiple: Double) async throws -> Bool {
      let seed = question.seed &+ Self.firstUnseenSeed
      let trials = try await runner.trials(replicas, seeds: [seed], factor: peak * multiple)
      return trials[0].meets(question.attainment)
    }
    var low = 1.0
    guard try await meets(low) else { return low }
    var high = 1.05
    while try await meets(high) {
      guard high < Self.highestMultiple else { return high }
      low = high
      high = 1 + (high - 1) * 2
    }
    for _ in 0..<3 {
      let middle = (low + high) / 2
      if try await meets(middle) { low = middle } else { high = middle }
    }
    return low
  }

  private static let highestMultiple = 16.0
}
