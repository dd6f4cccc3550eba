import FleetEngine
import Policies
import Quantities
import Testing

@Suite struct SessionAffinityTests {
  private func turn(_ session: UInt64?) -> RequestView {
    RequestView(id: 0, arrival: .zero, task: 0, promptTokens: 100, session: session)
  }

  @Test func `a session's turns stay where its first one went, whatever the loads`() {
    var choice = SessionAffinity()
    let first = choice.choose(for: turn(7), among: [0, 1, 2], in: fleet(loads: [3, 1, 2]))
    #expect(first == 1)
    let later = choice.choose(for: turn(7), among: [0, 1, 2], in: fleet(loads: [0, 90, 0]))
    #expect(later == 1)
    #expect(choice.choose(for: turn(8), among: [0, 1, 2], in: fleet(loads: [4, 90, 2])) == 2)
  }

  @Test func `requests without a session go where least is owed`() {
    var choice = SessionAffinity()
    var plain = LeastLoaded()
    for loads in [[3, 1, 2], [0, 5, 5], [2, 2, 2], [2, 2, 2]] {
      let chosen = choice.choose(for: turn(nil), among: [0, 1, 2], in: fleet(loads: loads))
      #expect(chosen == plain.choose(among: [0, 1, 2], in: fleet(loads: loads)))
    }
  }

  @Test func `an arm that the remembered replica does not serve moves the session`() {
    var choice = SessionAffinity()
    #expect(choice.choose(for: turn(7), among: [0, 1], in: fleet(loads: [0, 9, 9])) == 0)
    #expect(choice.choose(for: turn(7), among: [1, 2], in: fleet(loads: [0, 9, 3])) == 2)
    #expect(choice.choose(for: turn(7), among: [0, 1, 2], in: fleet(loads: [0, 9, 50])) == 2)
  }

  @Test func `what is remembered is bounded, and what comes often is not forgotten`() {
    var choice = SessionAffinity(rememberedSessions: 4)
    #expect(choice.choose(for: turn(0), among: [0, 1], in: fleet(loads: [9, 0])) == 1)
    for session in 1..<100 as Range<UInt64> {
      _ = choice.choose(for: turn(session), among: [0, 1], in: fleet(loads: [0, 9]))
      #expect(choice.choose(for: turn(0), among: [0, 1], in: fleet(loads: [0, 9])) == 1)
    }
    // Session 1 came ninety-eight sessions ago and is a stranger.
    #expect(choice.choose(for: turn(1), among: [0, 1], in: fleet(loads: [9, 0])) == 1)
  }

  @Test func `a composed policy shows it the request`() {
    var policy = ComposedPolicy(arm: FixedArm(arm: 0), replica: SessionAffinity())
    let before = policy.decide(turn(3), in: fleet(loads: [5, 0]))
    let after = policy.decide(turn(3), in: fleet(loads: [0, 5]))
    #expect(before == .serve(arm: 0, replica: 1))
    #expect(after == before)
  }
}
