/// What of a request's prompt was computed for the first time, however often it was preempted.
///
/// A token is computed again if the request has had it in the KV cache before, computed or found:
/// these are always the first so many.
struct PromptProgress {
  /// Leading tokens that were in the KV cache at some time.
  private(set) var had = 0
  /// Tokens computed that were not.
  private(set) var newTokens = 0

  /// Takes note of a row in prefill whose prompt is complete or that loses what it has.
  @inline(__always) mutating func count(_ row: borrowing PrefillRow) {
    newTokens += max(0, row.done - max(row.found, had))
    had = max(had, row.done)
  }
}
