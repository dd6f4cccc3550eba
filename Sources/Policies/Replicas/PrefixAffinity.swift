public import FleetEngine

/// The replica that was last sent the longest part of the request's prefix, unless it holds too
/// much more than the least loaded one, which also gets what nobody has seen.
///
/// It remembers which replica last got each prefix block, at least `rememberedBlocks` and at most
/// twice as many: those that do not come again are forgotten in turn.
public struct PrefixAffinity: ReplicaChoice {
  public let rememberedBlocks: Int
  /// Most load that the replica may have beyond that of the least loaded one.
  public let mostExcessLoad: Int
  private var leastLoaded = LeastLoaded()
  /// Replica by block: those that came lately, and those before them.
  private var recent: [UInt64: Int32] = [:]
  private var older: [UInt64: Int32] = [:]

  /// `rememberedBlocks` ≥ 1; `mostExcessLoad` ≥ 0.
  public init(mostExcessLoad: Int = 16, rememberedBlocks: Int = 1_048_576) {
    precondition(rememberedBlocks >= 1, "\(rememberedBlocks) blocks to remember")
    precondition(mostExcessLoad >= 0, "an excess of \(mostExcessLoad)")
    self.rememberedBlocks = rememberedBlocks
    self.mostExcessLoad = mostExcessLoad
  }

  public mutating func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int {
    let least = leastLoaded.choose(among: candidates, in: fleet)
    guard let prefix = request.prefix else { return least }
    let known = knownBlocks(of: prefix)
    var chosen = least
    if known > 0, let last = replica(of: prefix[known - 1]),
      candidates.ranges.contains(where: { $0.contains(last) }),
      fleet.replicas[last].load <= fleet.replicas[least].load + mostExcessLoad
    {
      chosen = last
    }
    remember(prefix, from: chosen == least ? 0 : known, on: chosen)
    return chosen
  }

  private func replica(of block: UInt64) -> Int? { (recent[block] ?? older[block]).map(Int.init) }

  /// Leading blocks that are remembered. Whoever has a block has had those before it.
  private func knownBlocks(of prefix: PromptBlocks) -> Int {
    var (known, unknown) = (0, prefix.count + 1)
    while unknown - known > 1 {
      let middle = (known + unknown) / 2
      if replica(of: prefix[middle - 1]) != nil { known = middle } else { unknown = middle }
    }
    return known
  }

  private mutating func remember(_ prefix: PromptBlocks, from first: Int, on replica: Int) {
    // The last known block too: it must not be forgotten before those after it.
    for block in max(0, first - 1)..<prefix.count {
      if recent.count >= rememberedBlocks { (older, recent) = (recent, [:]) }
      recent[prefix[block]] = Int32(replica)
    }
  }
}
