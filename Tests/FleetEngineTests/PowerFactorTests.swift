import DeviceModels
import FleetEngine
import Quantities
import TestSupport
import Testing

@Suite struct PowerFactorTests {
  /// Whole multiples of four, so that a quarter more is exact.
  static let model = AffineIterationModel(
    ticks: ShapeWeights(constant: 1_000_000), quanta: ShapeWeights(constant: 4_000_000_000),
    decodeAttentionQuanta: 40_000, prefillAttentionQuanta: 80_000)

  @Test func `a factor of one changes nothing, others act on every part of the energy`() {
    let shape = IterationShape(
      decodeRows: 3, decodeContextTokens: 700, prefillTokens: 40, prefillChunks: 1,
      prefillAttentionPairs: 820)
    let cost = Self.model.cost(of: shape)
    #expect(PowerFactor.one.scaled(cost) == cost)
    let more = PowerFactor(rounding: 1.25).scaled(cost)
    #expect(more.duration == cost.duration)
    #expect(more.energy.quanta == cost.energy.quanta * 5 / 4)
    #expect(more.decodeOwnEnergy.quanta == cost.decodeOwnEnergy.quanta * 5 / 4)
    #expect(more.prefillOwnEnergy.quanta == cost.prefillOwnEnergy.quanta * 5 / 4)
  }

  @Test func `a factored model costs what its segments say`() {
    let model = FactoredModel(Self.model, factor: PowerFactor(rounding: 0.93))
    for tokens in [5, 700, 12_345] {
      let shape = IterationShape(decodeRows: 3, decodeContextTokens: tokens)
      let segment = model.decodeSegment(rows: 3, contextTokens: tokens)
      #expect(segment.cost(context: tokens) == model.cost(of: shape))
      let plain = Self.model.cost(of: shape).energy.joules
      #expect(abs(model.cost(of: shape).energy.joules / plain - 0.93) < 0.001)
    }
  }
}
