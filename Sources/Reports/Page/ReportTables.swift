internal import DeviceModels
internal import FleetEngine
internal import NumericalMethods
internal import Quantities
internal import Scenarios
internal import Studies

/// The tables of the report, as HTML.
struct ReportTables {
  let study: StudyResult

  /// Energy and accuracy of each policy; a figure that none of them has gets no column.
  var figures: String {
    let fates = FateColumn.needed(by: study)
    return HTMLText.table(
      caption: "Policies (J: \(study.context.energyScope.words))",
      header: ["policy", "requests"] + fates.map(\.title) + [
        "J per request", "J per token", "J per right", "right (95 % interval)", "mean power, W",
        study.context.prices.map { "cost, \($0.currency)" } ?? "cost", "carbon, g CO2e",
      ],
      rows: study.runs.map { run in
        let figures = PolicyFigures(run, in: study.context)
        return [run.name, NumberText.count(run.result.requests.completed)]
          + fates.map { $0.text(run, in: study.context) } + [
            NumberText.figure(figures.energyPerRequest),
            NumberText.figure(figures.energyPerOutputToken),
            NumberText.figure(figures.energyPerCorrect), share(figures.accuracy),
            NumberText.figure(figures.meanPower), NumberText.figure(figures.cost),
            NumberText.figure(figures.carbonGrams),
          ]
      })
  }

  /// How each policy served, and how full it kept its GPUs.
  var service: String {
    HTMLText.table(
      caption: "Service and load",
      header: [
        "policy", "SLO met", "goodput, 1/s", "goodput per kJ", "output tokens/s", "mean batch",
        "GPUs",
      ],
      rows: study.runs.map { run in
        let figures = PolicyFigures(run, in: study.context)
        return [
          run.name, NumberText.percent(figures.sloAttainment), NumberText.figure(figures.goodput),
          NumberText.figure(figures.goodputPerKilojoule),
          NumberText.figure(figures.outputTokensPerSecond), NumberText.figure(figures.meanBatch),
          NumberText.count(figures.gpuCount),
        ]
      })
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
    return HTMLText.table(
      caption: "Pools",
      header: [
        "pool", "model", "GPU", "GPUs per replica", "replicas", "rows per batch", "KV blocks",
      ], rows: rows)
  }

  /// Energy of the whole window by phase and by scope, kilojoules.
  var energy: String {
    let hasGivenUp = study.runs.contains { $0.givenUpEnergy > .zero }
    func kilojoules(_ joules: Double) -> String { NumberText.figure(joules / 1e3, significant: 4) }
    return HTMLText.table(
      caption: "Energy of the measurement window (kJ)",
      header: [
        "policy", "GPU", "prefill", "decode", "idle", "into requests given up", "node", "facility",
      ],
      rows: study.runs.map { run in
        let figures = PolicyFigures(run, in: study.context)
        let energy = run.result.energy
        return [run.name, kilojoules(figures.gpuEnergy)]
          + [energy.prefill, energy.decode, energy.idle].map { kilojoules($0.joules) }
          + [hasGivenUp ? kilojoules(run.givenUpEnergy.joules) : NumberText.none]
          + [kilojoules(figures.nodeEnergy), kilojoules(figures.facilityEnergy)]
      })
  }

  /// Quantiles of every latency, milliseconds.
  var latency: String {
    let kinds: [(name: String, sketch: (LatencySketches) -> QuantileSketch)] = [
      ("TTFT", { $0.timeToFirstToken }), ("TPOT", { $0.timePerOutputToken }),
      ("ITL", { $0.interTokenLatency }), ("E2E", { $0.endToEnd }),
      ("first answer token", { $0.timeToFirstAnswerToken }), ("queueing", { $0.queueingDelay }),
    ]
    let rows = kinds.flatMap { kind in
      study.runs.map { run in
        let sketch = kind.sketch(run.result.latency)
        let values = [sketch.mean] + [0.5, 0.9, 0.95, 0.99].map { sketch.quantile($0) }
        return [kind.name, run.name] + values.map { NumberText.figure($0.map { $0 / 1e6 }) }
      }
    }
    return HTMLText.table(
      caption: "Latency (ms)", header: ["latency", "policy", "mean", "p50", "p90", "p95", "p99"],
      rows: rows)
  }

  /// Accuracy by task; empty where nothing can be judged.
  var accuracy: String {
    let all = study.runs.map { ($0, PolicyFigures($0, in: study.context)) }
    guard all.contains(where: { $0.1.accuracy != nil }) else { return "" }
    return HTMLText.table(
      caption: "Right answers by task, of completed requests (95 % interval)",
      header: ["policy"] + study.context.taskNames,
      rows: all.map { run, figures in [run.name] + figures.accuracyByTask.map(share) })
  }

  /// How many completed requests each arm served.
  var arms: String {
    var names: [String] = []
    for arm in study.runs.flatMap(\.fleet.arms) where !names.contains(arm.name) {
      names.append(arm.name)
    }
    guard names.count > 1 else { return "" }
    return HTMLText.table(
      caption: "Completed requests by arm", header: ["policy"] + names,
      rows: study.runs.map { run in
        [run.name]
          + names.map { name in
            guard let index = run.fleet.arms.firstIndex(where: { $0.name == name }),
              index < run.result.completedByArm.count
            else { return NumberText.none }
            return NumberText.count(run.result.completedByArm[index])
          }
      })
  }

  private func share(_ proportion: Proportion?) -> String {
    guard let proportion else { return NumberText.none }
    let interval = proportion.interval()
    let low = NumberText.fixed(100 * interval.lowerBound, decimals: 1)
    let high = NumberText.fixed(100 * interval.upperBound, decimals: 1)
    return "\(NumberText.percent(proportion.mean)) (\(low) to \(high))"
  }
}
