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
  private let size: BlockSize

  init(total: Int, tokensPerBlock: Int) {
    self.total = total
    self.tokensPerBlock = tokensPerBlock
    rowsByPhase = Slab(capacity: tokensPerBlock)
    for _ in 0..<tokensPerBlock { rowsByPhase.append(0) }
    size = BlockSize(tokensPerBlock)
  }

  var free: Int { total - used }
  /// Blocks that unheld prefix blocks must give up.
  var shortage: Int { max(0, used + unheld - total) }

  /// Blocks that hold `tokens` tokens.
  func blocks(forTokens tokens: Int) -> Int { size.blocks(filledBy: tokens + tokensPerBlock - 1) }

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

  /// Begins to fetch the counts of rows.
  @inline(__always) func prefetchPhases() { rowsByPhase.prefetchElement(at: 0) }

  mutating func addRow(base: Int) { rowsByPhase[size.phase(of: base)] += 1 }
  mutating func removeRow(base: Int) { rowsByPhase[size.phase(of: base)] -= 1 }

  /// Rows whose token of decode iteration `iteration` is the first of a block.
  func newBlocks(inIteration iteration: Int) -> Int {
    Int(rowsByPhase[size.phase(of: 1 - iteration)])
  }

  /// New blocks of `rows` rows, which are all, over `count` iterations from `first` on.
  func newBlocks(inIterationsFrom first: Int, count: Int, rows: Int) -> Int {
    let rounds = size.blocks(filledBy: count)
    var blocks = rounds * rows
    for iteration in first..<first + count - rounds * tokensPerBlock {
      blocks += newBlocks(inIteration: iteration)
    }
    return blocks
  }

  /// The most iterations from `first` on, of `most`, whose new blocks are free.
  func iterationsWithRoom(from first: Int, most: Int, rows: Int) -> Int {
    if rows * (size.blocks(filledBy: most) + 1) <= free { return most }
    var count = min(most, free / rows * tokensPerBlock)
    var left = free - newBlocks(inIterationsFrom: first, count: count, rows: rows)
    while count < most {
      left -= newBlocks(inIteration: first + count)
      if left < 0 { return count }
      count += 1
    }
    return count
  }
}

/// Tokens of a KV block, by which the engine divides all the time: a shift where they are a power
/// of two, as they mostly are, instead of ten times as long.
struct BlockSize {
  private let tokens: Int
  /// `tokens - 1` where that is a mask, else -1; and then the binary logarithm of `tokens`.
  private let mask: Int
  private let shift: Int

  init(_ tokens: Int) {
    self.tokens = tokens
    mask = tokens & (tokens - 1) == 0 ? tokens - 1 : -1
    shift = tokens.trailingZeroBitCount
  }

  /// Blocks that `count` tokens, 0 or more, fill.
  @inline(__always) func blocks(filledBy count: Int) -> Int {
    mask >= 0 ? count &>> shift : count / tokens
  }

  /// `number` modulo the size, 0 or more.
  @inline(__always) func phase(of number: Int) -> Int {
    if mask >= 0 { return number & mask }
    let remainder = number % tokens
    return remainder < 0 ? remainder + tokens : remainder
  }
}
