/// One fleet that was simulated at the peak, whatever came of it.
public struct TriedFleet: Sendable {
  /// Spare replicas left out.
  public var fleet: PlacedFleet
  public var trialCount: Int
  /// Share of requests that met every latency, in the mean over the trials.
  public var attainment: Double
  /// What a month of it would take at the load of the peak, in the goal's unit; nil without a sheet
  /// for it.
  public var peakMonth: Double?
}

extension TriedFleet {
  /// The figures of some trials of a fleet.
  init(_ study: FamilyStudy, _ replicas: [Int], _ trials: [FleetTrial]) {
    fleet = PlacedFleet(family: study.family, replicas: replicas)
    trialCount = trials.count
    let count = Double(max(1, trials.count))
    func mean(_ value: (FleetTrial) -> Double) -> Double {
      trials.reduce(0) { $0 + value($1) } / count
    }
    attainment = mean(\.attainment)
    let load = FleetEconomics.HourlyLoad(
      watts: mean(\.facilityWatts),
      outputTokensPerSecond: mean { Double($0.outputTokens) / $0.windowSeconds },
      promptTokensPerSecond: mean { Double($0.promptTokens) / $0.windowSeconds })
    let question = study.question
    peakMonth = FleetEconomics(
      hours: Array(repeating: load, count: 24), peakWatts: mean(\.peakFacilityWatts),
      gpusByName: fleet.gpusByName, prices: question.prices, grid: question.grid
    ).value(of: question.goal)
  }
}

extension [TriedFleet] {
  /// Every fleet once: with the trials of which there are most.
  func unique() -> [TriedFleet] {
    var places: [PlacedFleet: Int] = [:]
    var kept: [TriedFleet] = []
    for tried in self {
      guard let place = places[tried.fleet] else {
        places[tried.fleet] = kept.count
        kept.append(tried)
        continue
      }
      if tried.trialCount > kept[place].trialCount { kept[place] = tried }
    }
    return kept
  }
}
