import FleetEngine
import Policies
import Quantities
import Testing

/// Routes that draw, and those that go by memory.
@Suite struct RandomRouteTests {
  @Test func `a random replica is any candidate as often`() {
    let choice = RandomReplica(seed: 7)
    let view = fleet(loads: [9, 0, 5, 1])
    let chosen = (0..<3_000).map { id in
      choice.choose(for: request(id: id), among: [0, 2, 3], in: view)
    }
    #expect(Set(chosen) == [0, 2, 3])
    // Three standard deviations of a binomial around 1,000.
    for replica in [0, 2, 3] { #expect(abs(chosen.count { $0 == replica } - 1_000) < 78) }
  }

  @Test func `of two replicas drawn the less loaded serves`() {
    let choice = PowerOfTwo(seed: 7)
    // The most loaded of three is never the less loaded of two; the others win their pairs.
    let view = fleet(loads: [1, 9, 0])
    let chosen = (0..<3_000).map {
      choice.choose(for: request(id: $0), among: [0, 1, 2], in: view)
    }
    #expect(!chosen.contains(1))
    // Replica 0 serves where the other drawn is 1: a third of the pairs.
    #expect(abs(chosen.count { $0 == 0 } - 1_000) < 78)
    #expect(choice.choose(for: request(), among: [1], in: view) == 1)
  }

  @Test func `equal loads are shared evenly by pairs`() {
    let choice = PowerOfTwo(seed: 1)
    let view = fleet(loads: [2, 2, 2, 2])
    let chosen = (0..<4_000).map {
      choice.choose(for: request(id: $0), among: [0, 1, 2, 3], in: view)
    }
    for replica in 0..<4 { #expect(abs(chosen.count { $0 == replica } - 1_000) < 83) }
  }

  @Test func `the least share of the KV cache wins, whatever the rows`() {
    func replica(rows: Int, used: Int, of blocks: Int) -> ReplicaView {
      var view = ReplicaView()
      view.runningRows = rows
      view.kvBlocksUsed = used
      view.kvBlockCount = blocks
      return view
    }
    let view = FleetView(
      now: .zero,
      replicas: [
        replica(rows: 1, used: 90, of: 100), replica(rows: 9, used: 100, of: 1_000),
        replica(rows: 2, used: 11, of: 100), replica(rows: 3, used: 10, of: 100),
      ], replicasByArm: [[0, 1, 2, 3]])
    var choice = LeastKV()
    #expect(choice.choose(among: [0, 1, 2, 3], in: view) == 1)
    // Equal shares take turns.
    #expect(choice.choose(among: [0, 1, 2, 3], in: view) == 3)
    #expect(choice.choose(among: [0, 1, 2, 3], in: view) == 1)
    #expect(choice.choose(among: [0, 2], in: view) == 2)
  }

  private func prompt(_ ids: [UInt64], tokens: Int? = nil) -> RequestView {
    RequestView(
      id: 0, arrival: .zero, task: 0, promptTokens: tokens ?? ids.count * 16,
      prefix: PromptBlocks(ids, tokensPerBlock: 16, promptTokens: tokens ?? ids.count * 16))
  }

  @Test func `a prompt goes where the longest part of it went`() {
    var choice = PrefixAffinity()
    func go(_ ids: [UInt64], loads: [Int]) -> Int {
      choice.choose(for: prompt(ids), among: [0, 1, 2], in: fleet(loads: loads))
    }
    #expect(go([1, 2, 3], loads: [5, 0, 5]) == 1)
    #expect(go([1, 2, 9], loads: [0, 5, 5]) == 1)
    #expect(go([4, 5], loads: [5, 9, 1]) == 2)
    #expect(go([4, 5, 6, 7], loads: [0, 9, 3]) == 2)
    #expect(go([8], loads: [0, 9, 3]) == 0)
    // Too much more than the least loaded one: from then on the rest is where it went instead.
    #expect(go([4, 5, 6, 7], loads: [0, 0, 17]) == 1)
    #expect(go([4, 5, 6, 7, 40], loads: [0, 9, 0]) == 1)
  }

  @Test func `what follows the prompt is not part of it`() {
    let prefix = PromptBlocks([1, 2, 3, 4], tokensPerBlock: 16, promptTokens: 40)
    #expect(prefix?.count == 2)
    #expect(PromptBlocks([1], tokensPerBlock: 16, promptTokens: 15) == nil)
  }

  @Test func `blocks that do not come again are forgotten`() {
    var choice = PrefixAffinity(rememberedBlocks: 4)
    func go(_ ids: [UInt64], loads: [Int]) -> Int {
      choice.choose(for: prompt(ids), among: [0, 1], in: fleet(loads: loads))
    }
    #expect(go([1, 2], loads: [1, 0]) == 1)
    for id in 10..<30 as Range<UInt64> { _ = go([id], loads: [0, 1]) }
    #expect(go([1, 2], loads: [0, 1]) == 0)
  }
}
