/// Which prefix blocks a replica's KV cache holds, by whom, and in which order it gives up those
/// that nobody holds.
///
/// Knows how many KV blocks each keeps; the account of all blocks is `KVBlockPool`'s.
struct PrefixCache: ~Copyable {
  struct Entry {
    var id: UInt64
    /// KV blocks that it keeps.
    var blocks: Int32
    /// Requests that hold it.
    var holders: Int32
    /// Neighbors among the unheld, from the least recently used on; -1 at the ends and while held.
    var previous: Int32 = -1
    var next: Int32 = -1
  }

  private var entries = Slab<Entry>()
  private var vacant = Slab<Int32>()
  private var slotByID: [UInt64: Int32] = [:]
  private var oldest: Int32 = -1
  private var newest: Int32 = -1

  /// What taking hold of a prefix block found.
  enum Finding {
    /// It was not there, and now is.
    case new
    /// Somebody else holds it.
    case held
    /// It was there, held by nobody.
    case unheld
  }

  /// How many leading ids, of `most`, are in the cache, and how many of these nobody holds.
  func lookUp(_ ids: [UInt64], most: Int) -> (found: Int, unheld: Int) {
    var (found, unheld) = (0, 0)
    while found < most, let slot = slotByID[ids[found]] {
      if entries[Int(slot)].holders == 0 { unheld += 1 }
      found += 1
    }
    return (found, unheld)
  }

  /// One more request holds the prefix block, which enters the cache with `blocks` KV blocks if
  /// it is not there.
  mutating func hold(_ id: UInt64, blocks: Int) -> Finding {
    guard let slot = slotByID[id] else {
      insert(id, blocks: blocks)
      return .new
    }
    entries[Int(slot)].holders += 1
    guard entries[Int(slot)].holders == 1 else { return .held }
    unlink(slot)
    return .unheld
  }

  /// One request fewer holds it; returns whether nobody does any more.
  mutating func release(_ id: UInt64) -> Bool {
    guard let slot = slotByID[id], entries[Int(slot)].holders > 0 else {
      preconditionFailure("release of a prefix block that nobody holds")
    }
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
    slotByID[entries[Int(slot)].id] = nil
    vacant.append(slot)
    return Int(entries[Int(slot)].blocks)
  }

  private mutating func insert(_ id: UInt64, blocks: Int) {
    let entry = Entry(id: id, blocks: Int32(blocks), holders: 1)
    if vacant.isEmpty {
      slotByID[id] = Int32(entries.count)
      entries.append(entry)
    } else {
      let slot = vacant.removeLast()
      entries[Int(slot)] = entry
      slotByID[id] = slot
    }
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
