import AnswerModels
import DeviceModels
import FleetEngine
import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

@testable import Policies

/// Milliseconds per iteration 1 + 0.1 a row; joules per row of a further token as given.
private func device(joulesPerRow: Double) -> AffineIterationModel {
  func ticks(_ milliseconds: Double) -> Int128 { SimDuration(rounding: milliseconds / 1e3).ticks }
  func quanta(_ joules: Double) -> Int128 { Energy(rounding: joules).quanta }
  return AffineIterationModel(
    ticks: ShapeWeights(constant: ticks(1), perDecodeRow: ticks(0.1)),
    quanta: ShapeWeights(constant: quanta(0.1), perDecodeRow: quanta(joulesPerRow)))
}

/// Arm 0 is cheap and right on easy queries; arm 1 costs ten times as much and is right on most.
private func prospects() -> Prospects {
  var training = ProspectTraining(taskCount: 1, armCount: 2, nodeCount: 11)
  for step in 0...10 {
    let estimate = Double(step) / 10
    for (arm, accuracy) in [1 - estimate, 0.9].enumerated() {
      var outcome = Prospect()
      outcome.accuracy = accuracy
      outcome.outputTokens = 100
      outcome.longestOutputTokens = 100
      training.add(task: 0, estimate: estimate, arm: arm, outcome)
    }
  }
  return training.prospects
}

private let twoArms = [JointArm(arm: 0, samples: 1), JointArm(arm: 1, samples: 1)]

private let memory = RouterMemory(
  requests: 1_000, priorRequests: 10, steadyingRequests: 100, firstWorth: 0.1, mostBudgets: 50)

private func router(
  _ target: RoutingTarget, objective: ServiceLevelObjective = ServiceLevelObjective()
) -> JointRouter {
  JointRouter(
    arms: twoArms, prospects: prospects(), target: target, objective: objective,
    memory: memory)
}

/// 100 tokens cost 1 J on the first pool and 10 J on the second.
private func busyFleet(loads: [Int] = [5, 5], rowLimit: Int = 64) -> FleetView {
  pooledFleet(
    [([loads[0]], device(joulesPerRow: 0.01)), ([loads[1]], device(joulesPerRow: 0.1))],
    rowLimit: rowLimit)
}

@Suite struct JointRouterTests {
  private func arm(
    _ router: JointRouter, _ estimate: Double, in fleet: FleetView = busyFleet()
  ) -> Int? {
    var router = router
    guard
      case .serve(let arm, let replica) = router.decide(
        request(promptTokens: 1, estimatedDifficulty: estimate), in: fleet), arm == replica
    else { return nil }
    return arm
  }

  @Test func `at a price the dearer arm must bring as many right answers more`() {
    // 0.9 - (1 - d) right answers more for 9 J more: from d = 0.1 + 9 λ on.
    #expect(arm(router(.lambda(0.05)), 0.54) == 0)
    #expect(arm(router(.lambda(0.05)), 0.56) == 1)
    #expect(arm(router(.lambda(0.01)), 0.18) == 0)
    #expect(arm(router(.lambda(0.01)), 0.20) == 1)
    #expect(arm(router(.lambda(1)), 0.99) == 0)
  }

  @Test func `joules are those at the replica's present load`() {
    // An idle replica has an iteration of 0.1 J to begin for each token: 11 J against 10 J. Of
    // five rows that run, none is left for a share exp(-5) of the time.
    #expect(arm(router(.lambda(0.05)), 0.15, in: busyFleet(loads: [0, 5])) == 1)
    #expect(arm(router(.lambda(0.05)), 0.04, in: busyFleet(loads: [0, 5])) == 0)
    #expect(arm(router(.lambda(0.05)), 0.15, in: busyFleet(loads: [5, 5])) == 0)
  }

  @Test func `what is projected to miss the objective is left where anything meets it`() {
    // 100 tokens at 1.6 ms are 160 ms, at 4.1 ms 410 ms.
    let objective = ServiceLevelObjective(endToEndLatency: SimDuration(rounding: 0.3))
    let strict = router(.lambda(0), objective: objective)
    #expect(arm(strict, 0.5, in: busyFleet(loads: [5, 30])) == 0)
    #expect(arm(strict, 0.5, in: busyFleet(loads: [30, 5])) == 1)
    #expect(arm(strict, 0.5, in: busyFleet(loads: [30, 30])) == 1)
  }

  /// Mean accuracy expected of what the router chooses, and mean joules, once it has settled.
  private func settled(_ target: RoutingTarget) -> (accuracy: Double, joules: Double) {
    var router = router(target)
    let view = busyFleet()
    let luck = RandomStream(seed: 4, purpose: "test")
    var (accuracy, joules, count) = (0.0, 0.0, 0.0)
    for id in 0..<6_000 as Range<UInt64> {
      let estimate = luck.uniform(id: id)
      let request = request(id: id, promptTokens: 1, estimatedDifficulty: estimate)
      guard case .serve(let arm, _) = router.decide(request, in: view) else { continue }
      router.requestEnded(
        EndedRequest(
          request: request, arm: arm, replica: arm, outcome: .completed,
          joules: arm == 0 ? 1 : 10, outputTokens: 100, endToEndLatency: .zero))
      guard id >= 2_000 else { continue }
      accuracy += arm == 0 ? 1 - estimate : 0.9
      joules += arm == 0 ? 1 : 10
      count += 1
    }
    return (accuracy / count, joules / count)
  }

  @Test func `it keeps the busiest replica company, as long as that has room`() {
    func replica(_ loads: [Int], rowLimit: Int = 64, _ slo: Double? = nil) -> Int? {
      let view = pooledFleet(
        [(loads, device(joulesPerRow: 0.01)), ([0], device(joulesPerRow: 1))],
        rowLimit: rowLimit)
      let objective = ServiceLevelObjective(
        timePerOutputToken: slo.map { SimDuration(rounding: $0) })
      var router = router(.lambda(0.05), objective: objective)
      guard
        case .serve(0, let replica) = router.decide(
          request(promptTokens: 1, estimatedDifficulty: 0), in: view)
      else { return nil }
      return replica
    }
    #expect(replica([0, 7, 3]) == 1)
    #expect(replica([0, 7, 3], rowLimit: 7) == 2)
    // A token takes 1 ms and 0.1 ms for each row: 1.8 ms beside seven others, 1.1 ms alone.
    #expect(replica([0, 7, 3], 1.5e-3) == 0)
    #expect(replica([0, 7, 3], 1.9e-3) == 1)
  }

  @Test func `it learns that an arm draws more than was projected`() {
    // Both arms look alike; the first draws four times what was projected.
    var training = ProspectTraining(taskCount: 1, armCount: 2, nodeCount: 1)
    for arm in 0...1 {
      var outcome = Prospect()
      (outcome.accuracy, outcome.outputTokens, outcome.longestOutputTokens) = (0.9, 100, 100)
      training.add(task: 0, estimate: nil, arm: arm, outcome)
    }
    var router = JointRouter(
      arms: twoArms, prospects: training.prospects, target: .lambda(0.01),
      objective: ServiceLevelObjective(), memory: memory)
    let view = pooledFleet(
      [([0], device(joulesPerRow: 0.01)), ([0], device(joulesPerRow: 0.02))])
    // 99 tokens at 0.11 J, and a prompt of 0.1 J, are 10.99 J; 0.12 J a token are 11.98 J.
    let drawn = [4 * 10.99, 11.98]
    let chosen = (0..<30 as Range<UInt64>).map { id -> Int in
      // So rarely that none keeps another company.
      let arrival = SimTime(ticks: SimDuration(rounding: 10).ticks * Int128(id))
      let request = request(id: id, arrival: arrival, promptTokens: 1)
      guard case .serve(let arm, let replica) = router.decide(request, in: view) else { return -1 }
      router.requestEnded(
        EndedRequest(
          request: request, arm: arm, replica: replica, outcome: .completed, joules: drawn[arm],
          outputTokens: 100, endToEndLatency: .zero))
      return arm
    }
    // After one request the first arm looks (10 + 4) / 11 as dear, which is more than 11.98 / 10.99.
    #expect(chosen.first == 0)
    #expect(chosen.dropFirst().allSatisfy { $0 == 1 })
  }

  @Test(arguments: [0.6, 0.7, 0.85])
  func `the price moves until the accuracy is the floor`(floor: Double) {
    #expect(abs(settled(.accuracyFloor(floor)).accuracy - floor) < 0.01)
  }

  @Test(arguments: [2.0, 5.0, 8.0])
  func `the price moves until the joules are the budget`(budget: Double) {
    let joules = settled(.jouleBudget(budget)).joules
    #expect(abs(joules / budget - 1) < 0.05, "\(joules) J")
  }

  @Test func `at an accuracy floor it spends as little as the best threshold`() {
    // Arm 1 from difficulty t on: accuracy t - t²/2 + 0.9 (1 - t), least t where that is 0.7.
    // 0.9 + 0.1 t - t²/2 = 0.7 at t = 0.7403: joules 1 + 9 (1 - t).
    let threshold = 0.1 + (0.01 + 0.4).squareRoot()
    let joules = settled(.accuracyFloor(0.7)).joules
    #expect(abs(joules - (1 + 9 * (1 - threshold))) < 0.15)
  }

  @Test func `a judge's labels correct what the prospects get wrong`() {
    // Right answers are fewer than expected by 0.1: a floor of 0.7 takes what looks like 0.8.
    var judged = router(.accuracyFloor(0.7))
    let view = busyFleet()
    let luck = RandomStream(seed: 4, purpose: "test")
    var expected = 0.0
    for id in 0..<8_000 as Range<UInt64> {
      let estimate = luck.uniform(id: id)
      let request = request(id: id, promptTokens: 1, estimatedDifficulty: estimate)
      guard case .serve(let arm, _) = judged.decide(request, in: view) else { continue }
      let chance = (arm == 0 ? 1 - estimate : 0.9)
      if id >= 4_000 { expected += chance / 4_000 }
      judged.answerJudged(
        EndedRequest(
          request: request, arm: arm, replica: arm, outcome: .completed, joules: 1,
          outputTokens: 1, endToEndLatency: .zero),
        isCorrect: luck.uniform(id: id, index: 7) < chance - 0.1)
    }
    #expect(abs(expected - 0.8) < 0.03)
  }
}
