import AnswerModels
import FleetEngine
import Quantities
import Scenarios
import TestSupport
import Testing

/// A scenario whose one arm has the strategy, on tasks that a verifier can judge.
private func scenario(_ strategy: String) throws -> Scenario {
  try Scenario.parse(
    text: """
      seed: 5
      workload:
        requests: 40
        arrivals: {process: poisson, rate: 5}
        tasks: [{task: gsm8k}]
      fleet:
        pools:
          - {name: small, model: qwen2.5-7b, gpu: h100-sxm, replicas: 2}
          - {name: large, model: qwen2.5-32b, gpu: h100-sxm, replicas: 1}
      arms: [{name: a, model: qwen2.5-7b, strategy: "\(strategy)"}]
      policies: [{name: p, choose: {arm: a}}]
      """, file: "s.yaml", catalog: catalog)
}

private func run(_ strategy: String) throws -> FinishedRun {
  let run = try scenario(strategy).prepare(policy: 0)
  var observer = RecordingObserver()
  let result = try FleetSimulation(
    fleet: run.fleet, answers: run.answers, policy: run.makePolicy(), depth: run.makeDepth?()
  ).run(try run.makeSource(), observer: &observer)
  return FinishedRun(result: result, observer: observer)
}

@Suite struct StrategyRunTests {
  @Test(arguments: [
    ("direct", 1...1), ("chain-of-thought", 1...1), ("majority-vote:k=4", 1...1),
    ("majority-vote:k=4,stop=decided", 1...1), ("majority-vote:k=4,order=serial", 4...4),
    ("majority-vote:k=4,order=serial,stop=decided", 3...4),
    ("majority-vote:k=4,order=spread,stop=decided", 4...4),
    ("best-of-n:n=3,auc=0.8", 4...4), ("best-of-n:n=3,auc=0.8,verifier=qwen2.5-32b", 4...4),
    ("reasoning-budget:tokens=100,mode=chain-of-thought", 1...1),
    ("cascade:then=qwen2.5-32b,k=3", 1...2), ("self-refinement:turns=3,keep=0.75", 3...3),
    ("controlled-reasoning:auc=0.8,worth=100,every=64,mode=chain-of-thought", 1...1),
    (
      "controlled-reasoning:auc=0.8,rule=confidence,at=0.9,every=64,mode=chain-of-thought",
      1...1
    ),
    ("controlled-reasoning:auc=0.8,rule=knee,every=64,mode=chain-of-thought", 1...1),
  ])
  func `every strategy serves every query, in as many attempts as it says`(
    strategy: String, attempts: ClosedRange<Int>
  ) throws {
    let run = try run(strategy)
    #expect(run.result.requests.completed == 40)
    for record in run.records {
      #expect(attempts.contains(record.attempts), "query \(record.id): \(record.attempts)")
      #expect(record.isCorrect != nil)
    }
    #expect(run.result.energy.attributed == run.result.energy.prefill + run.result.energy.decode)
  }

  @Test func `a vote that stops when it is decided has the same answers for fewer joules`() throws {
    let whole = try run("majority-vote:k=8")
    let early = try run("majority-vote:k=8,stop=decided")
    #expect(early.result.courses.cancelledSamples > 0)
    for record in whole.records {
      #expect(early[record.id].isCorrect == record.isCorrect)
    }
    #expect(early.result.energy.attributed < whole.result.energy.attributed)
  }

  @Test func `a right answer that is worth nothing ends chains at their first checkpoint`() throws {
    let run = try run("controlled-reasoning:auc=0.8,worth=1e-6,every=64,mode=chain-of-thought")
    #expect(run.result.courses.stoppedChains == run.result.courses.checkpoints)
    #expect(run.records.allSatisfy { $0.reasoningTokens <= 64 })
  }
}
