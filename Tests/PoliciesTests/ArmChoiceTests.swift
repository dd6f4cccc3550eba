import FleetEngine
import Policies
import Testing

@Suite struct ArmChoiceTests {
  let view = fleet(loads: [0, 0])

  @Test func `a fixed arm is always that arm`() {
    var choice: any ArmChoice = FixedArm(arm: 2)
    #expect(choice.chooseArm(for: request(promptTokens: 1), in: view) == 2)
    #expect(choice.chooseArm(for: request(promptTokens: 99_999), in: view) == 2)
  }

  @Test func `a prompt of exactly the threshold is long`() {
    let choice = LengthThreshold(promptTokens: 512, shortArm: 0, longArm: 1)
    #expect(choice.chooseArm(for: request(promptTokens: 511), in: view) == 0)
    #expect(choice.chooseArm(for: request(promptTokens: 512), in: view) == 1)
    #expect(choice.chooseArm(for: request(promptTokens: 513), in: view) == 1)
  }

  @Test func `an estimate of exactly the threshold is hard`() {
    let choice = DifficultyThreshold(difficulty: 0.6, easyArm: 1, hardArm: 0)
    func arm(_ estimate: Double) -> Int {
      choice.chooseArm(for: request(estimatedDifficulty: estimate), in: view)
    }
    #expect(arm(0.6.nextDown) == 1)
    #expect(arm(0.6) == 0)
    #expect(arm(0.999) == 0)
  }

  @Test func `a difficulty threshold without an estimate stops the run`() async {
    await #expect(processExitsWith: .failure) {
      let choice = DifficultyThreshold(difficulty: 0.6, easyArm: 1, hardArm: 0)
      _ = choice.chooseArm(for: request(), in: fleet(loads: [0]))
    }
  }
}
