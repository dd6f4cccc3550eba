/// Finds the valid name that somebody who wrote another most likely meant.
public enum NearestName {
  /// The candidate nearest to `word`, or nil if none is near; ties go to the earlier candidate.
  ///
  /// Near is at most one edit per three characters (at least one); failing that, a candidate that
  /// the word begins or that begins the word (`h100` for `h100-sxm`), from three characters on.
  public static func to(_ word: String, among candidates: [String]) -> String? {
    let limit = max(1, word.count / 3)
    let lowercased = word.lowercased()
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = editDistance(lowercased, candidate.lowercased())
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    if let best { return best.name }
    guard word.count >= 3 else { return nil }
    return candidates.first { candidate in
      let other = candidate.lowercased()
      return other.hasPrefix(lowercased) || (other.count >= 3 && lowercased.hasPrefix(other))
    }
  }

  /// Fewest insertions, deletions, substitutions and swaps of neighbors that turn `a` into `b`.
  ///
  /// The optimal string alignment form of the Damerau–Levenshtein distance; O(|a|·|b|) time.
  static func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        let substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        row[j] = min(last[j] + 1, row[j - 1] + 1, substitution)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
