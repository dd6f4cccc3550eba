import Testing

@testable import AnswerModels

@Suite struct MajorityVoteTests {
  func winner(_ counts: [Int], tieBreak: Double) -> Int {
    counts.withUnsafeBufferPointer { MajorityVote.winner($0, tieBreak: tieBreak) }
  }

  @Test func `the most frequent answer wins whatever the tie-break`() {
    for tieBreak in [0.001, 0.5, 0.999] {
      #expect(winner([2, 3, 1], tieBreak: tieBreak) == 1)
      #expect(winner([0, 0, 1], tieBreak: tieBreak) == 2)
    }
  }

  @Test func `each of the tied answers wins an equal share of the tie-breaks`() {
    var wins = [0, 0, 0, 0]
    for step in 0..<3000 {
      wins[winner([2, 1, 2, 2], tieBreak: (Double(step) + 0.5) / 3000)] += 1
    }
    #expect(wins == [1000, 0, 1000, 1000])
  }
}
