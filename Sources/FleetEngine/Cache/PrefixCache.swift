/// Which prefix blocks a replica's KV cache holds, by whom, and in which order it gives up those
/// that nobody holds.
///
/// A prefix block is known by its id among those of its size: the same id for another number of
/// tokens is other content. Knows how many KV blocks each keeps; the account of all blocks is
/// `KVBlockPool`'s. What came after a block once mostly comes after it again, so that of a prompt
/// only the first block is looked up by its id.
struct PrefixCache: ~Copyable {
  struct Entry {
    var id: UInt64
    /// Which of the sizes it has; -1 once it has left the cache.
    var size: Int32
    /// Requests that hold it.
    var holders: Int32
    /// Neighbors among the unheld, from the least recently used on; -1 at the ends and while held.
    var previous: Int32 = -1
    var next: Int32 = -1
    /// Where the block stood that came after it last; -1 for none yet.
    var following: Int32 = -1
  }

  private var entries = Slab<Entry>()
  private var vacant = Slab<Int32>()
  /// By size, of which most caches see one alone.
  private var sizes = Slab<Size>(capacity: 1)
  private var oldest: Int32 = -1
  private var newest: Int32 = -1

  /// The prefix blocks that keep so many KV blocks each.
  struct Size {
    let blocks: Int
    var slotByID: [UInt64: Int32] = [:]
  }

  /// What taking hold of a prefix block found.
  enum Finding {
    /// It was not there, and now is.
    case new
    /// Somebody else holds it.
    case held
    /// It was there, held by nobody.
    case unheld
  }

  /// How many leading ids of prefix blocks of `blocks` KV blocks, of `most`, are in the cache, and
  /// how many of these nobody holds.
  mutating func lookUp(
    _ ids: [UInt64], blocks: Int, most: Int
  ) -> (found: Int, unheld: Int) {
    var (found, unheld) = (0, 0)
    var last: Int32 = -1
    guard let size = size(of: blocks) else { return (0, 0) }
    while found < most, let slot = slot(of: ids[found], after: last, size) {
      if entries[Int(slot)].holders == 0 { unheld += 1 }
      found += 1
      last = slot
    }
    return (found, unheld)
  }

  /// One more request holds the prefix block of `blocks` KV blocks, which enters the cache if it
  /// is not there. It stays in the slot that is returned as long as anybody holds it. `last` is
  /// the slot of the block before it in the prompt, -1 for none.
  mutating func hold(
    _ id: UInt64, blocks: Int, after last: Int32
  ) -> (finding: Finding, slot: Int32) {
    let size = size(of: blocks) ?? addSize(of: blocks)
    guard let slot = slot(of: id, after: last, size) else {
      let slot = insert(id, size)
      if last >= 0 { entries[Int(last)].following = slot }
      return (.new, slot)
    }
    entries[Int(slot)].holders += 1
    guard entries[Int(slot)].holders == 1 else { return (.held, slot) }
    unlink(slot)
    return (.unheld, slot)
  }

  /// One request fewer holds what stands in the slot; returns whether nobody does any more.
  mutating func release(_ slot: Int32) -> Bool {
    precondition(entries[Int(slot)].holders > 0, "release of a prefix block that nobody holds")
    entries[Int(slot)].holders -= 1
    guard entries[Int(slot)].holders == 0 else { return false }
    entries[Int(slot)].previous = newest
    entries[Int(slot)].next = -1
    if newest >= 0 { entries[Int(newest)].next = slot } else { oldest = slot }
    newest = slot
    return true
  }

  /// Drops the least recently used of those that nobody holds; returns the KV blocks it kept.
  mutating func evictOldest() -> Int {
    precondition(oldest >= 0, "every prefix block is held")
    let slot = oldest
    unlink(slot)
    let size = Int(entries[Int(slot)].size)
    sizes[size].slotByID[entries[Int(slot)].id] = nil
    entries[Int(slot)].size = -1
    vacant.append(slot)
    return sizes[size].blocks
  }

  /// KV blocks of the prefix blocks that are there, counted one by one: those that some request
  /// holds, and the others.
  func countBlocks() -> (held: Int, unheld: Int) {
    var (held, unheld) = (0, 0)
    for size in 0..<sizes.count {
      for slot in sizes[size].slotByID.values {
        if entries[Int(slot)].holders > 0 {
          held += sizes[size].blocks
        } else {
          unheld += sizes[size].blocks
        }
      }
    }
    return (held, unheld)
  }

  /// Where a block stands, nil if it is not there.
  @inline(__always) private mutating func slot(
    of id: UInt64, after last: Int32, _ size: Int
  ) -> Int32? {
    guard last >= 0 else { return sizes[size].slotByID[id] }
    let likely = entries[Int(last)].following
    if likely >= 0, entries[Int(likely)].id == id, entries[Int(likely)].size == size {
      return likely
    }
    guard let slot = sizes[size].slotByID[id] else { return nil }
    entries[Int(last)].following = slot
    return slot
  }

  @inline(__always) private func size(of blocks: Int) -> Int? {
    var size = 0
    while size < sizes.count, sizes[size].blocks != blocks { size += 1 }
    return size < sizes.count ? size : nil
  }

  private mutating func addSize(of blocks: Int) -> Int {
    sizes.append(Size(blocks: blocks))
    return sizes.count - 1
  }

  private mutating func insert(_ id: UInt64, _ size: Int) -> Int32 {
    let entry = Entry(id: id, size: Int32(size), holders: 1)
    let slot: Int32
    if vacant.isEmpty {
      slot = Int32(entries.count)
      entries.append(entry)
    } else {
      slot = vacant.removeLast()
      entries[Int(slot)] = entry
    }
    sizes[size].slotByID[id] = slot
    return slot
  }

  private mutating func unlink(_ slot: Int32) {
    let entry = entries[Int(slot)]
    if entry.previous >= 0 {
      entries[Int(entry.previous)].next = entry.next
    } else {
      oldest = entry.next
    }
    if entry.next >= 0 {
      entries[Int(entry.next)].previous = entry.previous
    } else {
      newest = entry.previous
    }
  }
}
