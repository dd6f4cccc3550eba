import DeviceModels
import Quantities
import TestSupport
import Testing

@testable import FleetEngine

/// The table of decode segments against the model that it stands for.
struct DecodeCostTableTests {
  /// Counts how often it is asked. One run, one thread.
  private final class CountingModel: IterationModel, @unchecked Sendable {
    var questions = 0
    let model = AffineIterationModel(
      ticks: ShapeWeights(constant: 100, perDecodeRow: 7, perContextToken: 3),
      decodeAttentionQuanta: 5)

    func cost(of shape: IterationShape) -> IterationCost { model.cost(of: shape) }
    var idlePower: Power { .zero }

    func decodeSegment(rows: Int, contextTokens: Int) -> DecodeSegment {
      questions += 1
      return model.decodeSegment(rows: rows, contextTokens: contextTokens)
    }
  }

  @Test func `says what the model says, whatever was asked before`() {
    forEverySeed(40) { seed, random in
      let model = CountingModel()
      var table = DecodeCostTable()
      for _ in 0..<500 {
        let rows = Int.random(in: 1...(random.oneIn(2) ? 8 : 5_000), using: &random)
        let context = rows * Int.random(in: 1...100_000, using: &random)
        let place = table.place(rows: rows, contextTokens: context, of: model)
        let expected = model.model.decodeSegment(rows: rows, contextTokens: context)
        #expect(table[place] == expected, "seed \(seed)")
      }
    }
  }

  @Test func `seldom asks twice for what a fleet meets again and again`() {
    let model = CountingModel()
    var table = DecodeCostTable()
    // Of each row count three octaves of contexts.
    for _ in 0..<5 {
      for rows in 1...500 {
        for mean in [500, 700, 1_000, 1_500, 2_200, 3_000] {
          _ = table.place(rows: rows, contextTokens: rows * mean, of: model)
        }
      }
    }
    #expect(model.questions <= 500 * 6 * 11 / 10)
  }

  @Test func `grows no further than its bound, whatever rows and contexts come`() {
    let model = CountingModel()
    var table = DecodeCostTable()
    for rows in stride(from: 1, to: 100_000, by: 37) {
      for context in [rows, rows * 1_000, rows * 1_000_000] {
        _ = table.place(rows: rows, contextTokens: context, of: model)
      }
    }
    #expect(table.capacity == DecodeCostTable.mostCapacity)
  }

  // MARK: The contract

  /// A model whose segments a test spoils.
  private struct SpoilingModel: IterationModel {
    var spoil: @Sendable (inout DecodeSegment) -> Void
    var idlePower: Power { .zero }
    func cost(of shape: IterationShape) -> IterationCost {
      IterationCost(duration: SimDuration(ticks: 1_000), energy: Energy(quanta: 1_000))
    }
    func decodeSegment(rows: Int, contextTokens: Int) -> DecodeSegment {
      var segment = DecodeSegment(
        context: DecodeKnots.range(holding: contextTokens),
        base: cost(of: IterationShape(decodeRows: rows, decodeContextTokens: contextTokens)),
        ticksPerToken: 0, energyPerToken: 0, decodeOwnEnergyPerToken: 0)
      spoil(&segment)
      return segment
    }
  }

  private static func ask(_ spoil: @escaping @Sendable (inout DecodeSegment) -> Void) {
    var table = DecodeCostTable()
    _ = table.place(rows: 3, contextTokens: 1_000, of: SpoilingModel(spoil: spoil))
  }

  @Test func `stops at a segment that breaks the model's contract`() async {
    Self.ask { _ in }
    await #expect(processExitsWith: .failure) {
      Self.ask { $0.context = $0.context.lowerBound..<$0.context.upperBound + 1 }
    }
    await #expect(processExitsWith: .failure) { Self.ask { $0.base.duration = .zero } }
    await #expect(processExitsWith: .failure) { Self.ask { $0.ticksPerToken = -8 } }
    await #expect(processExitsWith: .failure) {
      Self.ask { $0.base.duration.ticks = Int128(Int64.max) }
    }
    await #expect(processExitsWith: .failure) { Self.ask { $0.decodeOwnEnergyPerToken = 8 } }
    await #expect(processExitsWith: .failure) {
      Self.ask { $0.base.decodeOwnEnergy = Energy(quanta: -1) }
    }
    await #expect(processExitsWith: .failure) {
      Self.ask { $0.base.energy.quanta = Int128(1) << 100 }
    }
  }

  @Test func `stops at fewer tokens than rows`() async {
    await #expect(processExitsWith: .failure) {
      var table = DecodeCostTable()
      _ = table.place(rows: 4, contextTokens: 3, of: SpoilingModel { _ in })
    }
  }
}
