import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

@Suite struct AskerSourceTests {
  private func queries(_ traits: [AskerTraits], count: UInt64 = 20_000, seed: UInt64 = 3) throws
    -> [Query]
  {
    let bare = (0..<count).map {
      Query(
        id: $0, arrival: SimTime(nanoseconds: Int64($0)), task: Int($0 % 2), promptTokens: 1)
    }
    var source = AskerSource(ListSource(bare), traits: traits, seed: seed)
    var result: [Query] = []
    while let query = try source.next() { result.append(query) }
    return result
  }

  @Test func `priorities come in their shares, to the tasks that have them`() throws {
    let traits = [
      AskerTraits(priorities: PriorityMix([(-1, 1), (5, 3)])), AskerTraits(),
    ]
    let queries = try queries(traits)
    let urgent = queries.filter { $0.task == 0 && $0.priority == -1 }.count
    #expect(abs(Double(urgent) - 2500) < 4 * (10_000 * 0.25 * 0.75).squareRoot())
    #expect(queries.allSatisfy { $0.task == 1 ? $0.priority == 0 : [-1, 5].contains($0.priority) })
  }

  @Test func `times to wait have their mean and their maximum, and are each query's own`() throws {
    let patience = DurationDistribution(
      ExponentialDistribution(mean: 20), maximum: SimDuration(rounding: 60))
    let traits = AskerTraits(
      timeout: .exactly(SimDuration(rounding: 30)), patience: patience)
    let first = try queries([traits, traits])
    #expect(first.allSatisfy { $0.context.timeout == SimDuration(rounding: 30) })
    let waits = first.compactMap { $0.context.patience?.seconds }
    #expect(waits.max() == 60)
    let share = Double(waits.filter { $0 < 20 }.count) / Double(waits.count)
    // 1 - 1/e wait less than the mean.
    #expect(abs(share - 0.632_120_559) < 4 * (0.6321 * 0.3679 / 20_000).squareRoot())
    // A trait of another kind changes nothing of this one.
    let alone = AskerTraits(patience: patience)
    #expect(try queries([alone, alone]).map(\.context.patience) == first.map(\.context.patience))
    #expect(
      try queries([traits, traits], seed: 4).map(\.context.patience) != waits.map { _ in nil })
  }
}
