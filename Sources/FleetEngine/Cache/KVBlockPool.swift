/// The KV blocks of one replica: how many are held, and how many the decode rows need next.
///
/// A row's context grows by one token per decode iteration, so it needs a new block once every
/// `tokensPerBlock` iterations; a histogram of the rows by phase answers how many do in any
/// iteration without looking at the rows.
struct KVBlockPool: ~Copyable {
  let total: Int
  let tokensPerBlock: Int
  /// Held by requests, rows, and prefix blocks that some request holds.
  private(set) var used = 0
  /// Keep a prefix block that nobody holds: free, but of use until they are needed.
  private(set) var unheld = 0
  /// Decode rows by base modulo `tokensPerBlock` (a row attends to base + d tokens in
  /// iteration d).
  private var rowsByPhase: Slab<Int32>
  /// `tokensPerBlock - 1` where that is a mask, else -1.
  private let phaseMask: Int

  init(total: Int, tokensPerBlock: Int) {
    self.total = total
    self.tokensPerBlock = tokensPerBlock
    rowsByPhase = Slab(capacity: tokensPerBlock)
    for _ in 0..<tokensPerBlock { rowsByPhase.append(0) }
    phaseMask = tokensPerBlock & (tokensPerBlock - 1) == 0 ? tokensPerBlock - 1 : -1
  }

  var free: Int { total - used }
  /// Blocks that unheld prefix blocks must give up.
  var shortage: Int { max(0, used + unheld - total) }

  /// Blocks that hold `tokens` tokens.
  func blocks(forTokens tokens: Int) -> Int { (tokens + tokensPerBlock - 1) / tokensPerBlock }

  mutating func allocate(_ count: Int) {
    precondition(count >= 0 && count <= free, "\(count) KV blocks of \(free) free")
    used += count
  }

  mutating func release(_ count: Int) {
    precondition(count >= 0 && count <= used, "release of \(count) KV blocks of \(used) used")
    used -= count
  }

  /// Blocks of a prefix block that nobody holds any more stay where they are.
  mutating func keepUnheld(_ count: Int) {
    release(count)
    unheld += count
  }

  /// Blocks of an unheld prefix block are held again.
  mutating func holdAgain(_ count: Int) {
    precondition(count <= unheld, "\(count) KV blocks of \(unheld) unheld")
    unheld -= count
    used += count
  }

  mutating func evict(_ count: Int) {
    precondition(count >= 0 && count <= unheld, "\(count) KV blocks of \(unheld) unheld")
    unheld -= count
  }

  mutating func addRow(base: Int) { rowsByPhase[phase(base)] += 1 }
  mutating func removeRow(base: Int) { rowsByPhase[phase(base)] -= 1 }

  /// Rows whose token of decode iteration `iteration` is the first of a block.
  func newBlocks(inIteration iteration: Int) -> Int { Int(rowsByPhase[phase(1 - iteration)]) }

  /// New blocks of `rows` rows, which are all, over `count` iterations from `first` on.
  func newBlocks(inIterationsFrom first: Int, count: Int, rows: Int) -> Int {
    var blocks = count / tokensPerBlock * rows
    for iteration in first..<first + count % tokensPerBlock {
      blocks += newBlocks(inIteration: iteration)
    }
    return blocks
  }

  /// The most iterations from `first` on, of `most`, whose new blocks are free.
  func iterationsWithRoom(from first: Int, most: Int, rows: Int) -> Int {
    if rows * (most / tokensPerBlock + 1) <= free { return most }
    var count = min(most, free / rows * tokensPerBlock)
    var left = free - newBlocks(inIterationsFrom: first, count: count, rows: rows)
    while count < most {
      left -= newBlocks(inIteration: first + count)
      if left < 0 { return count }
      count += 1
    }
    return count
  }

  @inline(__always) private func phase(_ base: Int) -> Int {
    if phaseMask >= 0 { return base & phaseMask }
    let remainder = base % tokensPerBlock
    return remainder < 0 ? remainder + tokensPerBlock : remainder
  }
}
