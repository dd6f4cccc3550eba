/// The KV blocks of one replica: how many are held, and how many the decode rows need next.
///
/// A row's context grows by one token per decode iteration, so it needs a new block once every
/// `tokensPerBlock` iterations; a histogram of the rows by phase answers how many do in any
/// iteration without looking at the rows.
struct KVBlockPool {
  let total: Int
  let tokensPerBlock: Int
  private(set) var used = 0
  /// Decode rows by base modulo `tokensPerBlock` (a row attends to base + d tokens in
  /// iteration d).
  private var rowsByPhase: [Int32]

  init(total: Int, tokensPerBlock: Int) {
    self.total = total
    self.tokensPerBlock = tokensPerBlock
    rowsByPhase = Array(repeating: 0, count: tokensPerBlock)
  }

  var free: Int { total - used }

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

  mutating func addRow(base: Int) { rowsByPhase[phase(base)] += 1 }
  mutating func removeRow(base: Int) { rowsByPhase[phase(base)] -= 1 }

  /// Rows whose token of decode iteration `iteration` is the first of a block.
  func newBlocks(inIteration iteration: Int) -> Int { Int(rowsByPhase[phase(1 - iteration)]) }

  private func phase(_ base: Int) -> Int {
    let remainder = base % tokensPerBlock
    return remainder < 0 ? remainder + tokensPerBlock : remainder
  }
}
