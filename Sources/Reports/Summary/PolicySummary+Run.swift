internal import FleetEngine
internal import NumericalMethods
internal import Quantities
internal import Scenarios
public import Studies

extension PolicySummary {
  public init(_ run: PolicyRun, in context: StudyContext, withTiming: Bool) {
    let result = run.result
    let figures = PolicyFigures(run, in: context)
    self.init(
      requests: Requests(
        arrived: result.requests.arrived, completed: result.requests.completed,
        rejected: result.requests.rejected, timedOut: result.requests.timedOut,
        cancelled: result.requests.cancelled, failed: 0),
      tokens: Tokens(
        prompt: result.tokens.prompt, cachedPrompt: result.tokens.cachedPrompt,
        output: result.tokens.output, reasoning: result.tokens.reasoning,
        recomputed: result.tokens.recomputed),
      preemptions: result.preemptions, evictions: result.evictions,
      energy: EnergyFigures(run, figures),
      energyPerOutputToken: Nullable(finite: figures.energyPerOutputToken),
      energyPerRequest: Nullable(finite: figures.energyPerRequest),
      energyPerCorrect: Nullable(finite: figures.energyPerCorrect),
      energyScope: figures.energyScope.rawValue,
      accuracy: Accuracy(figures, taskNames: context.taskNames),
      latency: Latency(result.latency),
      power: PowerFigures(mean: figures.meanPower, milliwatts: result.powerMilliwatts),
      cost: Nullable(finite: figures.cost), currency: Nullable(context.prices?.currency),
      carbonGrams: Nullable(finite: figures.carbonGrams),
      sloAttainment: Nullable(finite: figures.sloAttainment),
      goodput: Nullable(finite: figures.goodput),
      outputTokensPerSecond: Nullable(finite: figures.outputTokensPerSecond),
      meanBatch: Nullable(finite: figures.meanBatch),
      windowStartSeconds: result.windowStart.seconds, windowSeconds: figures.windowSeconds,
      simulatedSeconds: result.end.seconds,
      gpuCount: figures.gpuCount,
      wallSeconds: withTiming ? run.timing.wallSeconds : nil,
      processorSeconds: withTiming ? run.timing.processorSeconds : nil)
  }
}

extension PolicySummary.EnergyFigures {
  init(_ run: PolicyRun, _ figures: PolicyFigures) {
    let totals = run.result.energy
    self.init(
      gpu: figures.gpuEnergy, node: figures.nodeEnergy, facility: figures.facilityEnergy,
      prefill: totals.prefill.joules, decode: totals.decode.joules, idle: totals.idle.joules,
      attributed: totals.attributed.joules, integral: totals.integral.joules,
      givenUp: run.givenUpEnergy.joules)
  }
}

extension PolicySummary.Accuracy {
  init(_ figures: PolicyFigures, taskNames: [String]) {
    var byTask: [String: PolicySummary.Share] = [:]
    for (name, proportion) in zip(taskNames, figures.accuracyByTask) {
      byTask[name] = PolicySummary.Share(proportion)
    }
    let all = PolicySummary.Share(figures.accuracy)
    self.init(mean: all.mean, interval: all.interval, byTask: byTask)
  }
}

extension PolicySummary.Share {
  init(_ proportion: Proportion?) {
    let interval = proportion?.interval()
    self.init(
      mean: Nullable(finite: proportion?.mean),
      interval: Nullable(interval.map { [$0.lowerBound, $0.upperBound] }))
  }
}

extension PolicySummary.Latency {
  init(_ sketches: LatencySketches) {
    self.init(
      ttft: .init(nanoseconds: sketches.timeToFirstToken),
      tpot: .init(nanoseconds: sketches.timePerOutputToken),
      itl: .init(nanoseconds: sketches.interTokenLatency),
      e2e: .init(nanoseconds: sketches.endToEnd),
      answer: .init(nanoseconds: sketches.timeToFirstAnswerToken),
      queueing: .init(nanoseconds: sketches.queueingDelay))
  }
}

extension PolicySummary.Distribution {
  init(nanoseconds sketch: QuantileSketch) {
    func milliseconds(_ value: Double?) -> Nullable<Double> {
      Nullable(finite: value.map { $0 / 1e6 })
    }
    self.init(
      mean: milliseconds(sketch.mean), p50: milliseconds(sketch.quantile(0.5)),
      p90: milliseconds(sketch.quantile(0.9)), p95: milliseconds(sketch.quantile(0.95)),
      p99: milliseconds(sketch.quantile(0.99)))
  }
}

extension PolicySummary.PowerFigures {
  init(mean: Double?, milliwatts: QuantileSketch) {
    let peak = milliwatts.count > 0 ? Double(milliwatts.maximum) : nil
    self.init(
      mean: Nullable(finite: mean),
      p99: Nullable(finite: milliwatts.quantile(0.99).map { $0 / 1e3 }),
      peak: Nullable(finite: peak.map { $0 / 1e3 }))
  }
}
