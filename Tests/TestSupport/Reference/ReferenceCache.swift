/// One block of the KV cache and how many sequences hold it.
final class ReferenceBlock {
  var holders = 0
}

/// A KV cache as a pile of blocks with reference counts.
final class ReferenceCache {
  let blockCount: Int
  private(set) var usedBlocks = 0
  var freeBlocks: Int { blockCount - usedBlocks }

  init(blockCount: Int) { self.blockCount = blockCount }

  /// `count` free blocks, each held once.
  func take(_ count: Int) -> [ReferenceBlock] {
    precondition(count <= freeBlocks, "\(count) blocks wanted, \(freeBlocks) free")
    usedBlocks += count
    return (0..<count).map { _ in
      let block = ReferenceBlock()
      block.holders = 1
      return block
    }
  }

  func hold(_ blocks: [ReferenceBlock]) {
    for block in blocks {
      precondition(block.holders > 0, "holding a block that nobody holds")
      block.holders += 1
    }
  }

  func release(_ blocks: [ReferenceBlock]) {
    for block in blocks {
      block.holders -= 1
      if block.holders == 0 { usedBlocks -= 1 }
    }
  }
}
