import Testing

@testable import Calibration

@Suite struct VoteChanceTests {
  /// Over all ways to draw k answers, one after the other.
  func enumerated(_ chances: [Double], votes k: Int) -> Double {
    func walk(_ counts: [Int], _ left: Int, _ chance: Double) -> Double {
      guard left > 0 else {
        let most = counts.max() ?? 0
        let winners = counts.count { $0 == most }
        return counts[0] == most ? chance / Double(winners) : 0
      }
      return chances.indices.reduce(0) { sum, answer in
        var next = counts
        next[answer] += 1
        return sum + walk(next, left - 1, chance * chances[answer])
      }
    }
    return walk([Int](repeating: 0, count: chances.count), k, 1)
  }

  @Test(arguments: [1, 2, 3, 5, 7])
  func `independent samples agree with counting every outcome`(votes: Int) {
    let chances = [0.35, 0.3, 0.2, 0.15]
    let expected = enumerated(chances, votes: votes)
    let found = VoteChance.expected(right: 0.35, wrong: [0.3, 0.2, 0.15], votes: votes)
    #expect(abs(found - expected) < 1e-12)
  }

  @Test func `recorded samples agree with counting every subset`() {
    // Right, right, and wrong answers a, a, b: of the ten triples three have two right answers
    // and a rival, of which none ties; six have one right answer.
    let cell = AnswerCell(right: 2, wrong: [2, 1])
    // Triples: RRa 2, RRb 1 win; Raa 2 lose; Rab 4 tie three ways; aab 1 loses.
    #expect(abs((VoteChance.recorded(cell, votes: 3) ?? 0) - (3 + 4.0 / 3) / 10) < 1e-12)
    #expect(abs((VoteChance.recorded(cell, votes: 1) ?? 0) - 0.4) < 1e-12)
    #expect(VoteChance.recorded(cell, votes: 6) == nil)
  }

  @Test func `large votes are near to the exact sum and settle on the favorite`() {
    let wrong = [0.3, 0.2, 0.1]
    let exact = VoteChance.expected(right: 0.4, wrong: wrong, votes: 16)
    let normal = VoteChance.expected(right: 0.4, wrong: wrong, votes: 17)
    #expect(abs(exact - normal) < 0.05)
    #expect(VoteChance.expected(right: 0.4, wrong: wrong, votes: 4000) > 0.999)
    #expect(VoteChance.expected(right: 0.25, wrong: [0.4, 0.35], votes: 4000) < 0.001)
  }
}
