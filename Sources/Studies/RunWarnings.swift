internal import DeviceModels
internal import FleetEngine

/// What a run shows only when it is over, and what its reader should know before believing it.
enum RunWarnings {
  /// In order of the runs; each once.
  static func of(_ runs: [PolicyRun]) -> [String] {
    var seen: Set<String> = []
    let all = runs.flatMap { extrapolations($0) + emptiness($0) + rejections($0) }
    return all.filter { seen.insert($0).inserted }
  }

  private static func extrapolations(_ run: PolicyRun) -> [String] {
    zip(run.fleet.pools, run.result.extentByPool).flatMap { pool, extent in
      pool.model.extrapolations(upTo: extent)
    }
  }

  private static func emptiness(_ run: PolicyRun) -> [String] {
    let result = run.result
    guard result.requests.completed == 0 else { return [] }
    switch run.fleet.window {
    case .wholeRun: return []
    case .between: return ["\(run.name): no request ended inside the measurement window"]
    case .steadyState:
      return [
        "\(run.name): nothing was measured, the queries ran out before every slot of the closed "
          + "loop had turned over; give more requests"
      ]
    }
  }

  private static func rejections(_ run: PolicyRun) -> [String] {
    let counts = run.result.requests
    guard counts.rejected > 0 else { return [] }
    return [
      "\(run.name): \(counts.rejected) of \(counts.arrived) requests were refused, by the policy "
        + "or because they are longer than max_model_len or the KV cache allow"
    ]
  }
}
