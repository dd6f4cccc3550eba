/// A figure by which policies are compared on the same queries.
public enum PairedMetric: String, CaseIterable, Sendable {
  /// In the study's energy scope, idle included, over completed requests.
  case energyPerRequest = "energy_per_request_j"
  case accuracyPoints = "accuracy_points"
  /// In the study's energy scope, idle included, over right answers.
  case energyPerCorrect = "energy_per_correct_j"
  /// Requests that met the whole objective, by energy in the study's scope, idle included.
  case goodputPerKilojoule = "goodput_per_kj"
  /// GPU energy of the requests' own accounts, without idle.
  case attributedEnergyPerRequest = "attributed_energy_per_request_j"
  case attributedEnergyPerCorrect = "attributed_energy_per_correct_j"
  case endToEndLatency = "e2e_ms"
  case endToEndMedian = "e2e_p50_ms"
  case endToEndTail = "e2e_p99_ms"
  case timeToFirstToken = "ttft_ms"
  case timeToFirstTokenMedian = "ttft_p50_ms"
  case timeToFirstTokenTail = "ttft_p99_ms"
  case timePerOutputTokenMedian = "tpot_p50_ms"
  case timePerOutputTokenTail = "tpot_p99_ms"

  /// Whether it counts the whole fleet's energy, idle included.
  public var countsFleetEnergy: Bool {
    switch self {
    case .energyPerRequest, .energyPerCorrect, .goodputPerKilojoule: true
    default: false
    }
  }

  /// Whether it is a quantile and no ratio of sums.
  var isQuantile: Bool {
    switch self {
    case .endToEndMedian, .endToEndTail, .timeToFirstTokenMedian, .timeToFirstTokenTail,
      .timePerOutputTokenMedian, .timePerOutputTokenTail:
      true
    default: false
    }
  }
}

/// The figures of one policy; those that are undefined are left out.
typealias PolicyValues = [PairedMetric: Double]

/// The figures of every policy of a study in one realisation: a replication, a replication
/// without one of its batches, or a draw of the calibration.
struct RealizedFigures: Sendable {
  /// In the study's order.
  var policies: [PolicyValues]

  subscript(policy: Int, metric: PairedMetric) -> Double? { policies[policy][metric] }
}
