import FleetEngine
import Foundation
import Quantities
import Scenarios
import Testing
import Workloads

/// The valid scenario, asked by sessions.
let sessionText: String = {
  let start = validText.range(of: "  duration: 10 min")!
  let end = validText.range(of: "fleet:")!
  let workload = """
      sessions: 60
      arrivals:
        process: sessions
        rate: 0.5
        turns: {quantiles: [[0, 1], [1, 6]]}
        think_time: {exponential: {mean: 20 s}, max: 3 min}
        system_prompt: {tokens: 800, groups: 2}
        max_context: 6000
      tasks:
        - {name: assistant, prompt: {exponential: {mean: 90}}, next_prompt: 40, output: 120}
        - {task: gsm8k, share: 0.5, output: 200}

    """
  return validText.replacingCharacters(in: start.lowerBound..<end.lowerBound, with: workload)
    .replacing("warmup: 60 s, ", with: "")
}()

private func parse(_ replacements: (String, String)...) throws -> Scenario {
  var text = sessionText
  for (old, new) in replacements {
    #expect(text.contains(old), "\(old)")
    text = text.replacing(old, with: new, maxReplacements: 1)
  }
  return try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
}

private func failure(_ old: String, _ new: String) -> String {
  do {
    _ = try parse((old, new))
    return "none"
  } catch { return "\(error)" }
}

struct SessionScenarioTests {
  @Test func `sessions are read as they are written`() throws {
    let scenario = try parse()
    guard case .sessions(let sessions) = scenario.workload else {
      Issue.record("no sessions")
      return
    }
    #expect(sessions.rate == 0.5 && sessions.groupCount == 2 && sessions.prefixBlockTokens == 16)
    #expect(sessions.contextLimit == 6000 && sessions.sessionCount == 60)
    let run = try scenario.prepare(policy: 0)
    #expect(run.fleet.arrivals == .open)
    // Sixty sessions of three and a half turns.
    #expect(run.expectedRequests == 210)
    var source = try run.makeSource()
    var first: [Query] = []
    while let query = try source.next() { first.append(query) }
    #expect(first.count == 60)
    let judged = first.filter { $0.task == 1 }
    #expect(!judged.isEmpty && judged.allSatisfy { $0.recordedOutputTokens == 200 })
    #expect(source.givesFollowUps)
    #expect(first.allSatisfy { $0.promptTokens > 800 && $0.context.turn == 0 })
    let next = try source.followUp(to: first[0], endedAt: first[0].arrival)
    #expect(next.map { $0.context.turn == 1 && $0.id == first[0].id + 1 } ?? true)
  }

  @Test func `turns have askers, each its own`() throws {
    let scenario = try parse(
      ("sessions: 60", "patience: {exponential: {mean: 9 s}}\n  sessions: 60"))
    var source = try scenario.prepare(policy: 0).makeSource()
    var compared = 0
    while let query = try source.next() {
      let next = try source.followUp(to: query, endedAt: query.arrival)
      #expect(query.context.patience != nil)
      guard let next else { continue }
      #expect(next.context.patience != nil && next.context.patience != query.context.patience)
      compared += 1
    }
    #expect(compared > 20)
  }

  @Test(
    "broken sessions get one clear error",
    arguments: [
      (
        "  sessions: 60\n", "",
        "s.yaml:4:3: no end is given in workload; expected duration, sessions or both"
      ),
      (
        "sessions: 60", "durtion: 3 min",
        "s.yaml:4:3: unknown key \"durtion\" in workload; expected one of priority, timeout, "
          + "patience, pool, trace, arrivals, duration, sessions, daily_profile, time_of_day, "
          + "tasks; did you mean \"duration\"?"
      ),
      (
        "turns: ", "turn: ",
        "s.yaml:8:5: missing key \"turns\", found \"turn\" in workload.arrivals; did you mean \"turns\"?"
      ),
      (
        "think_time: {exponential: {mean: 20 s}, max: 3 min}", "think_time: 20",
        "s.yaml:9:17: think_time is 20 in workload.arrivals; expected a time ≥ 1e-06 with its "
          + "unit (us, ms, s, min, h, d), as 30 min"
      ),
      (
        "{exponential: {mean: 20 s}, max", "{gamma: {mean: 20 s}, max",
        "s.yaml:9:18: unknown key \"gamma\" in workload.arrivals.think_time; expected one of "
          + "exponential, lognormal, max"
      ),
      (
        "output: 120", "priority: 3",
        "s.yaml:13:7: missing key \"output\" in workload.tasks[0]"
      ),
      (
        ", output: 200", "", "s.yaml:14:7: missing key \"output\" in workload.tasks[1]"
      ),
      (
        "groups: 2", "groups: 0",
        "s.yaml:10:42: groups is 0 in workload.arrivals.system_prompt; expected a whole number ≥ 1 "
          + "and ≤ 1000000"
      ),
      (
        "max_num_seqs: 128,", "block_size: 32, enable_prefix_caching: true,",
        "s.yaml:4:3: prefix_block is 16; expected a multiple of the block_size of pool small, 32"
      ),
      (
        "share: 0.5, output", "share: 0.5, priority: {0: 0, 1: 0}, output",
        "s.yaml:14:43: the shares of priority sum to 0 in workload.tasks[1]; expected one share > 0"
      ),
      (
        "share: 0.5, output", "share: 0.5, priority: {low: 1}, output",
        "s.yaml:14:43: \"low\" is no priority in workload.tasks[1].priority; expected a whole "
          + "number, lower for more urgent"
      ),
    ])
  func broken(_ old: String, _ new: String, _ message: String) {
    #expect(failure(old, new) == message)
  }

  @Test func `a command line that says nothing of the cache is asked about it`() throws {
    let words = "says nothing of --enable-prefix-caching"
    let silent = try Scenario.parse(
      text: sessionText, file: "s.yaml", catalog: catalog,
      engineArguments: ["small=vllm serve qwen2.5-7b"])
    #expect(silent.warnings.contains { $0.contains(words) })
    let clear = try Scenario.parse(
      text: sessionText, file: "s.yaml", catalog: catalog,
      engineArguments: ["small=vllm serve qwen2.5-7b --no-enable-prefix-caching"])
    #expect(!clear.warnings.contains { $0.contains(words) })
  }
}
