internal import Workloads

/// Prompts whose content is named.
extension FleetRun {
  /// Finds out which prefix blocks of the prompt others can share, and which of the answer.
  ///
  /// Equal ids stand for equal content after equal content, so that no id can come twice: what
  /// follows a repeated one is not known. Nor is anything where prefix blocks do not end where KV
  /// blocks do; the run counts such requests.
  mutating func identifyPrefix(of slot: Int32, in pool: Int) {
    let context = requests[slot].query.context
    guard !context.prefixBlockIDs.isEmpty else { return }
    let tokens = context.prefixBlockTokens
    guard tokens % pools[pool].limits.tokensPerBlock == 0 else {
      result.unalignedPrefixesByPool[pool].count(prefixBlockTokens: tokens)
      return
    }
    let known = repeats.firstRepeat(in: context.prefixBlockIDs) ?? context.prefixBlockIDs.count
    requests[slot].prefixBlockTokens = tokens
    requests[slot].knownPrefixBlocks = known
    requests[slot].identifiedPrefixBlocks = min(
      known, requests[slot].record.promptTokens / tokens)
  }
}
