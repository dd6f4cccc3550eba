internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// How often the most frequent of k answers is right, ties broken at random.
///
/// With r votes for the right answer it wins alone if no wrong one has r, and with chance 1/(1+t)
/// if t of them have. The number of ways to give k - r votes to the wrong answers, none above r
/// and t of them at r, is a coefficient of a product of polynomials, one per wrong answer.
enum VoteChance {
  /// For k samples drawn without replacement from recorded ones; nil where there are fewer.
  static func recorded(_ cell: AnswerCell, votes k: Int) -> Double? {
    guard cell.samples >= k else { return nil }
    var total = 0.0
    for r in stride(from: 1, through: min(k, cell.right), by: 1) {
      total +=
        choose(cell.right, r)
        * rivals(k - r, atMost: r, count: cell.wrong.count) { j, c in
          choose(cell.wrong[j], c)
        }
    }
    return total / choose(cell.samples, k)
  }

  /// For k independent samples of these chances.
  static func expected(right: Double, wrong: [Double], votes k: Int) -> Double {
    guard k <= largestExactVote else { return manyVotes(right: right, wrong: wrong, votes: k) }
    var total = 0.0
    var power = 1.0
    for r in 1...k {
      power *= right / Double(r)
      total +=
        power
        * rivals(k - r, atMost: r, count: wrong.count) { j, c in
          var term = 1.0
          for i in stride(from: 1, through: c, by: 1) { term *= wrong[j] / Double(i) }
          return term
        }
    }
    return total * factorial(k)
  }

  /// Above this the exact sum is slow, and the normal law of the difference of two counts good.
  private static let largestExactVote = 16

  /// The right answer's count minus a rival's is near to normal, of mean k(p - q) and variance
  /// k(p + q - (p - q)²); rivals are taken as independent.
  private static func manyVotes(right: Double, wrong: [Double], votes k: Int) -> Double {
    var chance = 1.0
    for rival in wrong where rival > 0 {
      let lead = right - rival
      let variance = right + rival - lead * lead
      guard variance > 1e-15 else {
        if lead < 0 { return 0 }
        continue
      }
      chance *= StandardNormal.cdf(lead * (Double(k) / variance).squareRoot())
    }
    return chance
  }

  /// The sum over ways to give `votes` to `count` rivals, at most `most` each, of the product of
  /// `ways(rival, votes)`, a way with t rivals at `most` counted 1/(1+t) times.
  private static func rivals(
    _ votes: Int, atMost most: Int, count: Int, ways: (Int, Int) -> Double
  ) -> Double {
    let ties = votes / most
    let width = votes + 1
    // By rivals at `most`, then votes given away.
    var sums = [Double](repeating: 0, count: (ties + 1) * width)
    sums[0] = 1
    guard votes > 0 else { return 1 }
    for rival in 0..<count {
      let terms = (0...min(most, votes)).map { ways(rival, $0) }
      // Backwards, so that a sum is read before it is overwritten.
      for tied in stride(from: ties, through: 0, by: -1) {
        for given in stride(from: votes, through: 0, by: -1) {
          var sum = sums[tied * width + given]
          for c in stride(from: 1, through: min(most, given), by: 1) where terms[c] != 0 {
            if c < most {
              sum += terms[c] * sums[tied * width + given - c]
            } else if tied > 0 {
              sum += terms[c] * sums[(tied - 1) * width + given - c]
            }
          }
          sums[tied * width + given] = sum
        }
      }
    }
    return (0...ties).reduce(0) { $0 + sums[$1 * width + votes] / Double(1 + $1) }
  }

  private static func choose(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return 0 }
    return (0..<k).reduce(1) { $0 * Double(n - $1) / Double($1 + 1) }
  }

  private static func factorial(_ n: Int) -> Double {
    (1...n).reduce(1) { $0 * Double($1) }
  }
}
