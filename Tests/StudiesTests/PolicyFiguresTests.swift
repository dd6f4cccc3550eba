import FleetEngine
import Quantities
import Scenarios
import Testing

@testable import Studies

@Suite struct PolicyFiguresTests {
  /// Ten seconds, two pools, 4 + 2 GPUs; 3000 J and 1000 J.
  private var run: PolicyRun {
    let limits = EngineLimits(
      batchRowLimit: 8, iterationTokenBudget: 256, tokensPerBlock: 16, kvBlockCount: 10,
      maxModelTokens: 100)
    let big = PoolConfiguration(
      name: "big", replicaCount: 2, gpusPerReplica: 2, limits: limits, model: FlatModel(),
      hostPowerPerGPU: Power(rounding: 50), nodeWattsPerGPUWatt: 1.25)
    let small = PoolConfiguration(
      name: "small", replicaCount: 2, gpusPerReplica: 1, limits: limits, model: FlatModel(),
      hostPowerPerGPU: Power(rounding: 100), nodeWattsPerGPUWatt: 1)
    var result = RunResult()
    result.energy.prefill = Energy(rounding: 500)
    result.energy.decode = Energy(rounding: 3000)
    result.energy.idle = Energy(rounding: 500)
    result.energy.gpuByPool = [Energy(rounding: 3000), Energy(rounding: 1000)]
    result.windowStart = SimTime(rounding: 5)
    result.windowEnd = SimTime(rounding: 15)
    result.requests.arrived = 45
    result.requests.completed = 40
    result.requests.rejected = 10
    result.requests.metObjective = 30
    result.tokens.output = 2000
    result.correctByTask = [CorrectCounts(), CorrectCounts()]
    result.correctByTask[0].judged = 30
    result.correctByTask[0].correct = 20
    result.decodeRowSum = 900
    result.decodeIterations = 300
    let objective = ServiceLevelObjective(timeToFirstToken: SimDuration(rounding: 1))
    return PolicyRun(
      name: "p", fleet: fleet(pools: [big, small], objective: objective), result: result)
  }

  @Test func `figures follow their definitions`() throws {
    let figures = PolicyFigures(run, in: context(tasks: ["recall", "math"]))
    #expect(figures.windowSeconds == 10)
    #expect(figures.gpuCount == 6)
    #expect(figures.gpuEnergy == 4000)
    #expect(figures.energyPerRequest == 100)
    #expect(figures.energyPerOutputToken == 2)
    #expect(figures.energyPerCorrect == 200)
    #expect(figures.meanPower == 400)
    #expect(figures.sloAttainment == 0.6)
    #expect(figures.goodput == 3)
    #expect(figures.outputTokensPerSecond == 200)
    #expect(figures.meanBatch == 3)
    #expect(figures.accuracyByTask.map { $0?.mean } == [20.0 / 30, nil])
  }

  @Test func `node energy adds the hosts and the slope, facility energy the building`() {
    var facts = context(scope: .node)
    facts.powerUsageEffectiveness = 1.2
    facts.prices = PriceList(currency: "EUR", electricityPerKilowattHour: 0.1, gpuHour: 3)
    facts.grid = GridSpecification(carbonGramsPerKilowattHour: 360, source: "a register")
    let figures = PolicyFigures(run, in: facts)
    // Big: 3000·1.25 + 4·50·10 = 5750; small: 1000 + 2·100·10 = 3000.
    #expect(abs(figures.nodeEnergy - 8750) < 1e-9)
    #expect(abs(figures.facilityEnergy - 10_500) < 1e-9)
    #expect(abs((figures.energyPerRequest ?? 0) - 218.75) < 1e-9)
    #expect(figures.gpuEnergyPerRequest == 100)
    #expect(abs((figures.carbonGrams ?? 0) - 360 * 10_500 / 3.6e6) < 1e-9)
    #expect(abs((figures.cost ?? 0) - (3 * 6 * 10 / 3600.0 + 0.1 * 10_500 / 3.6e6)) < 1e-12)
  }

  @Test func `an empty run has no ratios`() {
    let empty = PolicyRun(name: "p", fleet: fleet(), result: RunResult())
    let figures = PolicyFigures(empty, in: context())
    #expect(figures.energyPerRequest == nil)
    #expect(figures.energyPerOutputToken == nil)
    #expect(figures.energyPerCorrect == nil)
    #expect(figures.meanPower == nil)
    #expect(figures.accuracy == nil)
    #expect(figures.sloAttainment == nil)
    #expect(figures.goodput == nil)
    #expect(figures.meanBatch == nil)
    #expect(figures.point == nil)
  }
}
