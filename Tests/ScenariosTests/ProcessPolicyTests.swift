import FleetEngine
import Foundation
import Quantities
import TestSupport
import Testing
import Workloads

@testable import Scenarios

private let hasPython: Bool = {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }
}()

/// Policies in another process, played by short Python programs.
@Suite(.enabled(if: hasPython, "needs python3"))
struct ProcessPolicyTests {
  private static let greeting = """
    import json, sys
    names = json.loads(sys.stdin.readline())
    print("{}", flush=True)

    """

  /// The valid scenario with the given program as its last policy.
  private func run<Result>(
    _ program: String, state: String = "none", greeting: String = Self.greeting,
    _ body: (PreparedRun) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "joulefleet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data((greeting + program).utf8).write(to: folder.appending(path: "router.py"))
    let old = "choose: {threshold: prompt-length, at: 400, below: direct, above: vote}"
    let text = validText.replacing(
      old, with: "choose: {process: [python3, router.py], state: \(state)}")
    let scenario = try Scenario.parse(
      text: text, file: folder.appending(path: "s.yaml").path, catalog: catalog)
    return try body(scenario.prepare(policy: 2))
  }

  /// Of the command in the scenario.
  private static let line =
    validText.split(separator: "\n", omittingEmptySubsequences: false)
    .firstIndex { $0.contains("at: 400") }.map { $0 + 1 } ?? 0

  @Test func `a greeting that is answered badly is told as such`() throws {
    try run("", greeting: "print('ready', flush=True)\nimport sys\nsys.stdin.read()\n") { run in
      let error = #expect(throws: InputError.self) { try simulate(run) }
      let text = error?.description ?? ""
      #expect(
        text.contains("answered the greeting with \"ready\", which is no JSON object"), "\(text)")
      #expect(text.hasSuffix("expected a JSON object, as {}, in a line"), "\(text)")
    }
  }

  private struct Keeping: RunObserver {
    var arms: [UInt64: Int] = [:]
    var delays: [UInt64: Double] = [:]
    mutating func requestEnded(_ record: RequestRecord) {
      arms[record.id] = record.arm
      delays[record.id] = record.queueingDelay.seconds
    }
    mutating func intervalEnded(_ interval: FleetInterval) {}
  }

  private func simulate(_ run: PreparedRun) throws -> Keeping {
    var observer = Keeping()
    _ = try FleetSimulation(
      fleet: run.fleet, answers: run.answers, estimator: run.estimator, policy: run.makePolicy()
    ).run(run.makeSource(), observer: &observer)
    return observer
  }

  private static let byLength = """
    for line in sys.stdin:
      request = json.loads(line)
      if "fleet" in request:
        continue
      arm = "direct" if request["prompt_tokens"] < 150 else "large"
      print(json.dumps({"id": request["id"], "arm": arm}), flush=True)
    """

  @Test(arguments: ["none", "present", "window, window: 50 ms"])
  func `every state gets the same answers of a program that goes by the query`(state: String) throws
  {
    try run(Self.byLength, state: state) { run in
      let kept = try simulate(run)
      #expect(kept.arms.count == 500)
      var source = try run.makeSource()
      while let query = try source.next() {
        #expect(kept.arms[query.id] == (query.promptTokens < 150 ? 0 : 2))
      }
      #expect(run.processSpeed?.decisions == 500)
      if state.hasPrefix("window") {
        // Half a window's wait in the mean.
        let mean = kept.delays.values.reduce(0, +) / 500
        #expect(mean > 0.02 && mean < 0.1)
      }
    }
  }

  @Test func `the present state of the fleet is shown before each request`() throws {
    let program = """
      for line in sys.stdin:
        request = json.loads(line)
        if "fleet" in request:
          fleet = request["fleet"]
          load = [w + r for w, r in zip(fleet["waiting"], fleet["running"])]
          continue
        replicas = names["replicas"]["direct"]
        best = min(replicas, key=lambda replica: load[replica])
        print(json.dumps({"arm": "direct", "replica": best}), flush=True)
      """
    try run(program, state: "present") { run in
      let arms = try simulate(run).arms.values
      #expect(arms.allSatisfy { $0 == 0 })
    }
  }

  @Test func `what makes no sense is one error that quotes it`() throws {
    for (program, words) in [
      (
        "sys.stdin.readline(); print('hello', flush=True); sys.stdin.read()",
        "s.yaml:\(Self.line):23: the policy process \"python3 router.py\" answered query 0 with "
          + "\"hello\", which is no JSON object in policies[2].choose"
      ),
      (
        "for line in sys.stdin: print('{\"arm\": \"lrge\"}', flush=True)",
        "names the arm \"lrge\" in policies[2].choose; expected one of direct, vote, large; "
          + "did you mean \"large\"?"
      ),
      ("for line in sys.stdin: print('{}', flush=True)", "names no arm"),
      ("for line in sys.stdin: print('', flush=True)", "answered query 0 with an empty line"),
      (
        "sys.exit(3)",
        "ended with exit status 3 before it answered query 0 in policies[2].choose; expected"
      ),
      (
        "sys.stdin.readline(); print('no memory', file=sys.stderr); sys.exit(4)",
        "ended with exit status 4 before it answered query 0; its last line of errors: "
          + "\"no memory\""
      ),
      ("import os; os.kill(os.getpid(), 9)", "was killed by signal 9 before it answered query 0"),
      ("raise ValueError('odd')", "its last line of errors: \"ValueError: odd\""),
    ] {
      try run(program) { run in
        let error = #expect(throws: InputError.self) { try simulate(run) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
      }
    }
  }

  @Test func `complaints are no answer, however often they come`() throws {
    // Answers in the end, so that nothing hangs where its complaints are taken for signs of life.
    let program = """
      import sys, time
      for _ in range(400):
        print("busy", file=sys.stderr, flush=True)
        time.sleep(0.05)
      print("{}", flush=True)
      sys.stdin.read()
      """
    let place = try YAMLDocument.read(text: "choose: x", file: "s.yaml") {
      InputPlace(try $0["choose"])
    }
    let process = try LineProcess(
      ["python3", "-c", program], folder: "", place: place, patience: .milliseconds(400))
    func subject(_ index: Int) -> String { "line \(index)" }
    let error = #expect(throws: InputError.self) {
      try process.exchange(Array("hello\n".utf8), count: 1, subject: subject) { _ in }
    }
    let text = error?.description ?? ""
    #expect(text.contains("has not answered line 0 for 0.4 s"), "\(text)")
  }
}
