/// One block of the KV cache; who has it in a list owns it.
final class ReferenceBlock {}

/// What a prefix block holds: its id stands for so many tokens.
struct ReferenceContent: Hashable {
  let id: UInt64
  let tokens: Int
}

/// A prefix block that the cache knows by its content: its KV blocks and the requests that hold it.
final class ReferencePrefixBlock {
  let content: ReferenceContent
  let blocks: [ReferenceBlock]
  var holders: [ReferenceRequest] = []

  init(content: ReferenceContent, blocks: [ReferenceBlock]) {
    self.content = content
    self.blocks = blocks
  }
}

/// The KV cache of one replica, block by block: docs/model.md, "Prefix cache".
final class ReferenceCache {
  let blockCount: Int
  /// Blocks that hold nothing.
  private(set) var vacantBlocks: Int
  /// Prefix blocks by content, held or not.
  private(set) var known: [ReferenceContent: ReferencePrefixBlock] = [:]
  /// Prefix blocks that nobody holds, the least recently used first.
  private(set) var unheld: [ReferencePrefixBlock] = []
  private(set) var evictions = 0

  init(blockCount: Int) {
    self.blockCount = blockCount
    vacantBlocks = blockCount
  }

  /// Blocks that can be had: vacant, or of prefix blocks that nobody holds.
  var freeBlocks: Int { unheld.reduce(vacantBlocks) { $0 + $1.blocks.count } }
  var usedBlocks: Int { blockCount - freeBlocks }
  /// Blocks of prefix blocks that some request holds.
  var heldPrefixBlocks: Int {
    known.values.reduce(0) { $0 + ($1.holders.isEmpty ? 0 : $1.blocks.count) }
  }

  /// `count` blocks that hold nothing, after as many evictions as that takes.
  func take(_ count: Int) -> [ReferenceBlock] {
    precondition(count <= freeBlocks, "\(count) blocks wanted, \(freeBlocks) free")
    while vacantBlocks < count {
      let evicted = unheld.removeFirst()
      known[evicted.content] = nil
      vacantBlocks += evicted.blocks.count
      evictions += 1
    }
    vacantBlocks -= count
    return (0..<count).map { _ in ReferenceBlock() }
  }

  func free(_ blocks: [ReferenceBlock]) { vacantBlocks += blocks.count }

  /// The longest run of leading contents that the cache knows.
  func lookup(_ contents: some Sequence<ReferenceContent>) -> [ReferencePrefixBlock] {
    var found: [ReferencePrefixBlock] = []
    for content in contents {
      guard let block = known[content] else { break }
      found.append(block)
    }
    return found
  }

  func hold(_ block: ReferencePrefixBlock, by request: ReferenceRequest) {
    unheld.removeAll { $0 === block }
    block.holders.append(request)
  }

  func release(_ block: ReferencePrefixBlock, by request: ReferenceRequest) {
    block.holders.removeAll { $0 === request }
    if block.holders.isEmpty { unheld.append(block) }
  }

  /// `request` has filled `blocks` with `content`: they become the cache's, or are freed where it
  /// knows that content already. Either way the request holds it through the cache.
  func insert(
    _ content: ReferenceContent, _ blocks: [ReferenceBlock], by request: ReferenceRequest
  ) -> ReferencePrefixBlock {
    if let there = known[content] {
      free(blocks)
      hold(there, by: request)
      return there
    }
    let block = ReferencePrefixBlock(content: content, blocks: blocks)
    block.holders = [request]
    known[content] = block
    return block
  }
}
