internal import DeviceModels
internal import FleetEngine
internal import NumericalMethods
internal import Quantities
internal import Scenarios
internal import Studies

/// The tables of the report, as HTML.
struct ReportTables {
  let study: StudyResult

  /// Energy and accuracy of each policy, and what it kept of its objective; a figure that none of
  /// them has gets no column.
  var figures: String {
    let fates = FateColumn.needed(by: study)
    return policies(
      caption: "Policies (J: \(study.context.energyScope.words))",
      header: ["requests"] + fates.map(\.title) + [
        "J per request", "J per token", "J per right", "right (95 % interval of one run)",
        "keep the objective", "mean power, W",
        study.context.prices.map { "cost, \($0.currency)" } ?? "cost", "carbon, g CO2e",
      ]
    ) { run, figures in
      [NumberText.count(run.result.requests.completed)]
        + fates.map { $0.text(run, in: study.context) } + [
          NumberText.figure(figures.energyPerRequest),
          NumberText.figure(figures.energyPerOutputToken),
          NumberText.figure(figures.energyPerCorrect), share(figures.accuracy),
          NumberText.percent(figures.sloAttainment), NumberText.figure(figures.meanPower),
          NumberText.figure(figures.cost), NumberText.figure(figures.carbonGrams),
        ]
    }
  }

  /// How each policy served, and how full it kept its GPUs.
  var service: String {
    policies(
      caption: "Service and load",
      header: ["goodput, 1/s", "goodput per kJ", "output tokens/s", "mean batch", "GPUs"]
    ) { _, figures in
      [
        NumberText.figure(figures.goodput), NumberText.figure(figures.goodputPerKilojoule),
        NumberText.figure(figures.outputTokensPerSecond), NumberText.figure(figures.meanBatch),
        NumberText.count(figures.gpuCount),
      ]
    }
  }

  /// A table with a row for each policy; `cells` gives what stands after its name.
  private func policies(
    caption: String, header: [String], cells: (PolicyRun, PolicyFigures) -> [String]
  ) -> String {
    HTMLTable(
      caption: caption, header: ["policy"] + header,
      rows: study.runs.map { run in
        let figures = PolicyFigures(run, in: study.context)
        return ([run.name] + cells(run, figures)).map { HTMLTable.Cell($0) }
      },
      namesPolicies: true
    ).text
  }

  /// What the policies run on.
  var fleet: String {
    var rows: [[String]] = []
    for pool in study.runs.flatMap(\.fleet.pools) {
      let model = pool.model as? RooflineReplicaModel
      let row = [
        pool.name, model?.model.name ?? NumberText.none, model?.gpu.name ?? NumberText.none,
        NumberText.count(pool.gpusPerReplica), NumberText.count(pool.replicaCount),
        NumberText.count(pool.limits.batchRowLimit), NumberText.count(pool.limits.kvBlockCount),
      ]
      if !rows.contains(row) { rows.append(row) }
    }
    return HTMLTable(
      caption: "Pools",
      header: [
        "pool", "model", "GPU", "GPUs per replica", "replicas", "rows per batch", "KV blocks",
      ], rows: rows.map { $0.map { HTMLTable.Cell($0) } }, wordColumns: [1, 2]
    ).text
  }

  /// Energy of the whole window by phase and by scope, kilojoules.
  var energy: String {
    let hasGivenUp = study.runs.contains { $0.givenUpEnergy > .zero }
    func kilojoules(_ joules: Double) -> String {
      joules < 100
        ? NumberText.fixed(joules / 1e3, decimals: 3)
        : NumberText.figure(joules / 1e3, significant: 4)
    }
    return policies(
      caption: "Energy of the measurement window (kJ)",
      header: ["GPU", "prefill", "decode", "idle", "into requests given up", "node", "facility"]
    ) { run, figures in
      let energy = run.result.energy
      return [kilojoules(figures.gpuEnergy)]
        + [energy.prefill, energy.decode, energy.idle].map { kilojoules($0.joules) }
        + [hasGivenUp ? kilojoules(run.givenUpEnergy.joules) : NumberText.none]
        + [kilojoules(figures.nodeEnergy), kilojoules(figures.facilityEnergy)]
    }
  }

  /// Quantiles of every latency that differs from those before it, in milliseconds or, where they
  /// are long, seconds.
  var latencies: [String] {
    let kinds: [(name: String, sketch: (LatencySketches) -> QuantileSketch)] = [
      ("Time to first token", { $0.timeToFirstToken }),
      ("Time per output token", { $0.timePerOutputToken }),
      ("Inter-token latency", { $0.interTokenLatency }), ("End-to-end latency", { $0.endToEnd }),
      ("Time to first answer token", { $0.timeToFirstAnswerToken }),
      ("Queueing delay", { $0.queueingDelay }),
    ]
    var seen: Set<[[String]]> = []
    return kinds.compactMap { kind in
      let seconds = study.runs.map { run in
        let sketch = kind.sketch(run.result.latency)
        let values = [sketch.mean] + [0.5, 0.9, 0.95, 0.99].map { sketch.quantile($0) }
        return values.map { $0.map { $0 / 1e9 } }
      }
      let all = seconds.flatMap(\.self).compactMap(\.self)
      let isShort =
        (all.max() ?? 0) < Self.longestInMilliseconds || (all.min() ?? 0) < Self.shortestInSeconds
      let unit: (name: String, size: Double) = isShort ? ("ms", 1e3) : ("s", 1)
      let rows = seconds.map { row in
        row.map { value in NumberText.figure(value.map { $0 * unit.size }) }
      }
      guard seen.insert(rows).inserted, rows.contains(where: { $0[0] != NumberText.none })
      else { return nil }
      var next = rows.makeIterator()
      return policies(
        caption: "\(kind.name) (\(unit.name))", header: ["mean", "p50", "p90", "p95", "p99"]
      ) { _, _ in next.next() ?? [] }
    }
  }

  private static let longestInMilliseconds = 10.0
  private static let shortestInSeconds = 0.1

  /// Accuracy by task; empty where nothing can be judged.
  var accuracy: String {
    let all = study.runs.map { PolicyFigures($0, in: study.context) }
    guard study.context.taskNames.count > 1, all.contains(where: { $0.accuracy != nil })
    else { return "" }
    return policies(
      caption: "Right answers by task, of completed requests (95 % interval)",
      header: study.context.taskNames
    ) { _, figures in figures.accuracyByTask.map(share) }
  }

  /// How many completed requests each arm served.
  var arms: String {
    var names: [String] = []
    for arm in study.runs.flatMap(\.fleet.arms) where !names.contains(arm.name) {
      names.append(arm.name)
    }
    guard names.count > 1 else { return "" }
    return policies(caption: "Completed requests by arm", header: names) { run, _ in
      names.map { name in
        guard let index = run.fleet.arms.firstIndex(where: { $0.name == name }),
          index < run.result.completedByArm.count
        else { return NumberText.none }
        return NumberText.count(run.result.completedByArm[index])
      }
    }
  }

  private func share(_ proportion: Proportion?) -> String {
    guard let proportion else { return NumberText.none }
    let interval = proportion.interval()
    let low = NumberText.fixed(100 * interval.lowerBound, decimals: 1)
    let high = NumberText.fixed(100 * interval.upperBound, decimals: 1)
    return "\(NumberText.percent(proportion.mean)) (\(low) to \(high))"
  }
}
