import Foundation
import TestSupport
import Testing

@testable import AnswerModels

@Suite struct MeanSoftmaxTests {
  func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test(arguments: [0.3, 1, 4])
  func `against one equal wrong answer the even ability gives one half`(spread: Double) {
    let mean = MeanSoftmax(abilitySpread: spread, wrongAnswerSpread: 0, wrongAnswers: 1)
    #expect(abs(mean(0) - 0.5) < 1e-9)
  }

  @Test(arguments: [-3.0, -0.4, 0, 1.7, 6])
  func `one wrong answer is a logistic of one normal variable`(location: Double) {
    let mean = MeanSoftmax(abilitySpread: 1.2, wrongAnswerSpread: 0.9, wrongAnswers: 1)
    let spread = (1.2 * 1.2 + 0.9 * 0.9).squareRoot()
    let expected = NormalExpectation()({ logistic(location + spread * $0) })
    #expect(abs(mean(location) - expected) < 1e-8)
  }

  @Test(arguments: [-1.0, 2.5])
  func `two wrong answers agree with quadrature over all three variables`(location: Double) {
    let mean = MeanSoftmax(abilitySpread: 0.8, wrongAnswerSpread: 0.7, wrongAnswers: 2)
    let expectation = NormalExpectation(step: 0.4)
    let expected = expectation { zeta in
      expectation { first in
        expectation { second in
          let right = exp(location + 0.8 * zeta)
          return right / (right + exp(0.7 * first) + exp(0.7 * second))
        }
      }
    }
    #expect(abs(mean(location) - expected) < 1e-7)
  }

  @Test func `the mean grows from nothing to certainty with ability`() {
    let mean = MeanSoftmax(abilitySpread: 5, wrongAnswerSpread: 3, wrongAnswers: 25)
    let values = stride(from: -60.0, through: 60, by: 4).map { mean($0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 || $1 > 1 - 1e-9 })
    #expect(values[0] < 1e-9)
    #expect(abs(values[values.count - 1] - 1) < 1e-9)
  }
}
