import Foundation
import TestSupport
import Testing

@testable import AnswerModels

@Suite struct AdvantageCurveTests {
  func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test(arguments: [0.3, 1, 4])
  func `against one equal wrong answer the even ability gives one half`(spread: Double) {
    let curve = AdvantageCurve(wrongAnswerSpread: 0, wrongAnswers: 1, choices: false)
    #expect(abs(curve.mean(ability: 0, spread: spread) - 0.5) < 1e-7)
  }

  @Test(arguments: [-3.0, -0.4, 0, 1.7, 6])
  func `one wrong answer is a logistic of one normal variable`(location: Double) {
    let curve = AdvantageCurve(wrongAnswerSpread: 0.9, wrongAnswers: 1, choices: false)
    let spread = (1.2 * 1.2 + 0.9 * 0.9).squareRoot()
    let expected = NormalExpectation()({ logistic(location + spread * $0) })
    #expect(abs(curve.mean(ability: location, spread: 1.2) - expected) < 1e-6)
  }

  @Test(arguments: [-1.0, 2.5])
  func `two wrong answers agree with quadrature over all three variables`(location: Double) {
    let curve = AdvantageCurve(wrongAnswerSpread: 0.7, wrongAnswers: 2, choices: false)
    let expectation = NormalExpectation(step: 0.4)
    let expected = expectation { zeta in
      expectation { first in
        expectation { second in
          let right = exp(location + 0.8 * zeta)
          return right / (right + exp(0.7 * first) + exp(0.7 * second))
        }
      }
    }
    #expect(abs(curve.mean(ability: location, spread: 0.8) - expected) < 1e-6)
  }

  @Test func `the mean grows from nothing to certainty with ability`() {
    let curve = AdvantageCurve(wrongAnswerSpread: 3, wrongAnswers: 25, choices: false)
    let values = stride(from: -60.0, through: 60, by: 4).map { curve.mean(ability: $0, spread: 5) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 || $1 > 1 - 1e-9 })
    #expect(values[0] < 1e-9)
    #expect(abs(values[values.count - 1] - 1) < 1e-9)
  }

  @Test(arguments: [-2.0, 0.5, 3])
  func `a choice between two is a logistic of what is known and of both pulls`(known: Double) {
    let curve = AdvantageCurve(wrongAnswerSpread: 1.1, wrongAnswers: 1, choices: true)
    let advantage = log(1 + exp(known))
    let expected = NormalExpectation()({ logistic(advantage + 1.1 * 2.0.squareRoot() * $0) })
    #expect(abs(curve.chance(known) - expected) < 1e-6)
  }

  @Test(arguments: [2, 4, 10])
  func `who knows nothing guesses, however unequal the options look`(options: Int) {
    let curve = AdvantageCurve(
      wrongAnswerSpread: 2.5, wrongAnswers: options - 1, choices: true)
    #expect(abs(curve.chance(-50) - 1 / Double(options)) < 1e-6)
  }
}
