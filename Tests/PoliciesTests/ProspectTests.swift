import Testing

@testable import Policies

@Suite struct ProspectTests {
  private func outcome(_ accuracy: Double, tokens: Double = 0) -> Prospect {
    var prospect = Prospect()
    prospect.accuracy = accuracy
    prospect.outputTokens = tokens
    return prospect
  }

  @Test func `prospects are lines between the means around each node`() {
    var training = ProspectTraining(taskCount: 1, armCount: 2, nodeCount: 3)
    for estimate in [0.0, 0.5, 1.0] {
      training.add(task: 0, estimate: estimate, arm: 0, outcome(1 - estimate, tokens: 10))
      training.add(task: 0, estimate: estimate, arm: 1, outcome(1, tokens: 30))
    }
    let prospects = training.prospects
    func accuracy(_ estimate: Double, _ arm: Int) -> Double {
      prospects.prospect(task: 0, estimate: estimate, arm: arm).accuracy
    }
    #expect([0, 0.25, 0.5, 0.875, 1].map { accuracy($0, 0) } == [1, 0.75, 0.5, 0.125, 0])
    #expect(accuracy(0.3, 1) == 1)
    #expect(prospects.prospect(task: 0, estimate: 0.7, arm: 1).outputTokens == 30)
  }

  @Test func `an outcome counts for the nodes around it by how near they are`() {
    var training = ProspectTraining(taskCount: 1, armCount: 1, nodeCount: 2)
    training.add(task: 0, estimate: 0.25, arm: 0, outcome(1))
    training.add(task: 0, estimate: 0.75, arm: 0, outcome(0))
    let prospects = training.prospects
    #expect(prospects.prospect(task: 0, estimate: 0, arm: 0).accuracy == 0.75)
    #expect(prospects.prospect(task: 0, estimate: 1, arm: 0).accuracy == 0.25)
  }

  @Test func `where nothing was met the nearest that was stands in`() {
    var training = ProspectTraining(taskCount: 2, armCount: 1, nodeCount: 5)
    training.add(task: 1, estimate: 0.25, arm: 0, outcome(0.3))
    training.add(task: 1, estimate: 1, arm: 0, outcome(0.9))
    let prospects = training.prospects
    #expect(prospects.prospect(task: 1, estimate: 0, arm: 0).accuracy == 0.3)
    #expect(prospects.prospect(task: 1, estimate: 0.75, arm: 0).accuracy == 0.9)
    #expect(prospects.prospect(task: 0, estimate: 0.5, arm: 0).accuracy == 0)
  }

  @Test func `without an estimator a task has one mean`() {
    var training = ProspectTraining(taskCount: 1, armCount: 1, nodeCount: 1)
    training.add(task: 0, estimate: nil, arm: 0, outcome(1))
    training.add(task: 0, estimate: nil, arm: 0, outcome(0))
    #expect(training.prospects.prospect(task: 0, estimate: nil, arm: 0).accuracy == 0.5)
    #expect(training.prospects.prospect(task: 0, estimate: 0.9, arm: 0).accuracy == 0.5)
  }
}
