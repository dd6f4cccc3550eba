import FleetEngine
import Policies
import Quantities
import Testing

@Suite struct ArmChoiceTests {
  let view = fleet(loads: [0, 0])

  @Test func `a fixed arm is always that arm`() {
    var choice: any ArmChoice = FixedArm(arm: 2)
    #expect(choice.chooseArm(for: request(promptTokens: 1), in: view) == 2)
    #expect(choice.chooseArm(for: request(promptTokens: 99_999), in: view) == 2)
  }

  @Test func `a signal of exactly a threshold is on its upper side`() {
    let choice = ThresholdLadder(signal: .promptTokens, thresholds: [512, 900], arms: [0, 1, 4])
    func arm(_ tokens: Int) -> Int {
      choice.chooseArm(for: request(promptTokens: tokens), in: view)
    }
    #expect([1, 511, 512, 899, 900, 9_999].map(arm) == [0, 0, 1, 1, 4, 4])
  }

  @Test func `an estimate of exactly the threshold is hard`() {
    let choice = ThresholdLadder(signal: .estimatedDifficulty, thresholds: [0.6], arms: [1, 0])
    func arm(_ estimate: Double) -> Int {
      choice.chooseArm(for: request(estimatedDifficulty: estimate), in: view)
    }
    #expect(arm(0.6.nextDown) == 1)
    #expect(arm(0.6) == 0)
    #expect(arm(0.999) == 0)
  }

  @Test func `a declared column decides by its own scale`() {
    let choice = ThresholdLadder(signal: .feature(1), thresholds: [-0.5], arms: [0, 1])
    func arm(_ score: Double) -> Int {
      let request = RequestView(
        id: 0, arrival: .zero, task: 0, promptTokens: 1,
        columns: [9, score])
      return choice.chooseArm(for: request, in: view)
    }
    #expect(arm(-0.6) == 0)
    #expect(arm(-0.5) == 1)
  }

  @Test func `a difficulty threshold without an estimate stops the run`() async {
    await #expect(processExitsWith: .failure) {
      let choice = ThresholdLadder(signal: .estimatedDifficulty, thresholds: [0.6], arms: [1, 0])
      _ = choice.chooseArm(for: request(), in: fleet(loads: [0]))
    }
  }

  @Test func `a mix gives each arm its share, and a query the same arm whatever its company`() {
    let choice = RandomMix([(2, 3), (0, 0), (5, 1)], seed: 3)
    func arm(_ id: UInt64) -> Int { choice.chooseArm(for: request(id: id), in: view) }
    let arms = (0..<4_000).map { arm(UInt64($0)) }
    #expect(Set(arms) == [2, 5])
    // Three standard deviations of a binomial around 3,000.
    #expect(abs(arms.count { $0 == 2 } - 3_000) < 82)
    #expect((0..<50).reversed().map { arm(UInt64($0)) } == arms[..<50].reversed())
    #expect((0..<50).map { arm(UInt64($0)) } == Array(arms[..<50]))
    let other = RandomMix([(2, 3), (5, 1)], seed: 4)
    #expect((0..<4_000).map { other.chooseArm(for: request(id: $0), in: view) } != arms)
  }
}
