import Foundation
import Testing

struct TraceCommandTests {
  static let mooncake = (0..<120).map { row in
    let prompt = 600 + 37 * (row % 50)
    let ids = (0...prompt / 512).map { $0 == 0 ? "0" : "\(row * 10 + $0)" }
    return "{\"timestamp\": \(row / 10 * 3000), \"input_length\": \(prompt), "
      + "\"output_length\": \(row % 30), \"hash_ids\": [\(ids.joined(separator: ", "))]}\n"
  }.joined()

  static let session = """
    {"block_size": 64, "requests": [
      {"t": 0, "in": 700, "out": 20, "hash_ids": [1,2,3,4,5,6,7,8,9,10], "api_time": 1},
      {"t": 4, "in": 800, "out": 0, "hash_ids": [1,2,3,4,5,6,7,8,9,10,11,12], "think_time": 3},
      {"t": 9, "in": 900, "out": 30, "hash_ids": [1,2,3,4,5,6,7,8,9,10,11,12,13,14]}]}
    """

  /// Writes a file and runs the tool beside it.
  private func run(_ arguments: [String], in folder: URL) throws -> CommandLineTool.Outcome {
    let outcome = try CommandLineTool.run(arguments, in: folder)
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    return outcome
  }

  /// A scenario that replays `trace` with further keys.
  private func scenario(_ trace: String) -> Data {
    let text = TinyScenario.trace.replacing(
      "trace: {format: azure-2023, path: trace.csv}", with: "trace: {\(trace)}")
    return Data(text.utf8)
  }

  /// The run's figures without what names the scenario or tells of the trace's rows.
  private func figures(_ folder: URL) throws -> [String: Any] {
    let outcome = try run(["run", "scenario.yaml", "--json", "-", "--no-timing"], in: folder)
    let json = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8))
    return try #require((json as? [String: Any])?["policies"] as? [String: Any])
  }

  @Test(
    "replaying a converted trace gives the run of the original",
    arguments: [
      ("trace.jsonl", mooncake, "spread: auto", ["--spread", "auto"]),
      ("trace.jsonl", mooncake, "thin: 0.5, speedup: 3", ["--thin", "0.5", "--speedup", "3"]),
      ("trace.jsonl", mooncake, "from: 5 s, until: 20 s", ["--from", "5 s", "--until", "20 s"]),
      ("trace.csv", TinyScenario.traceText(rows: 30), "limit: 20", ["--limit", "20"]),
      ("trace.json", session, "sessions_per_second: 2", ["--sessions-per-second", "2"]),
    ])
  func convert(_ name: String, _ text: String, _ keys: String, _ options: [String]) throws {
    try withScratchFolder { folder in
      try Data(text.utf8).write(to: folder.appending(path: name))
      try scenario("path: \(name), \(keys)").write(to: folder.appending(path: "scenario.yaml"))
      let original = try figures(folder)
      // The scenario's own seed decides where rows are spread and which are kept.
      _ = try run(
        ["trace", "convert", name, "--seed", "7", "--to", "own.csv"] + options, in: folder)
      try scenario("path: own.csv").write(to: folder.appending(path: "scenario.yaml"))
      let replayed = try figures(folder)
      #expect(NSDictionary(dictionary: original) == NSDictionary(dictionary: replayed))
    }
  }

  @Test func `a generated trace asks what the scenario asks`() throws {
    try withScratchFolder { folder in
      let file = folder.appending(path: "scenario.yaml")
      try Data(TinyScenario.text.utf8).write(to: file)
      let original = try figures(folder)
      _ = try run(["trace", "generate", "scenario.yaml", "--to", "queries.csv"], in: folder)
      let drawn = "duration: 20 s\n  arrivals: {process: poisson, rate: 2}"
      #expect(TinyScenario.text.contains(drawn))
      let replay = TinyScenario.text.replacing(drawn, with: "trace: {path: queries.csv}")
        .replacing(", share: 0.5", with: "")
      try Data(replay.utf8).write(to: file)
      #expect(NSDictionary(dictionary: original) == NSDictionary(dictionary: try figures(folder)))
    }
  }

  @Test func `a file is written whole or not at all, and none is replaced`() throws {
    try withScratchFolder { folder in
      let broken = TinyScenario.traceText(rows: 30, broken: 17)
      try Data(broken.utf8).write(to: folder.appending(path: "trace.csv"))
      try Data("mine".utf8).write(to: folder.appending(path: "own.csv"))
      for (arguments, words) in [
        (["trace", "convert", "trace.csv", "--to", "new.csv"], "trace.csv:17:"),
        (["trace", "convert", "trace.csv", "--to", "own.csv"], "exists already"),
        (["trace", "convert", "trace.csv", "--to", "nowhere/new.csv"], "no such folder"),
        (
          ["trace", "convert", "trace.csv", "--from", "soon", "--to", "new.csv"],
          "--from is \"soon\""
        ),
        (["trace", "convert", "trace.cvs", "--to", "new.csv"], "did you mean \"trace.csv\"?"),
        (["trace", "describe", "own.csv"], "own.csv:1: the format of the trace is not known"),
      ] {
        let outcome = try CommandLineTool.run(arguments, in: folder)
        #expect(outcome.exitCode == 2 && outcome.standardOutput.isEmpty)
        #expect(outcome.standardError.contains(words), "\(outcome.standardError)")
        #expect(outcome.standardError.split(separator: "\n").count == 1)
        #expect(try contents(of: folder).keys.sorted() == ["own.csv", "trace.csv"])
        #expect(try contents(of: folder)["own.csv"] == Data("mine".utf8))
      }
    }
  }

  @Test func `a closed loop has no arrivals that a trace could hold`() throws {
    try withScratchFolder { folder in
      let text = TinyScenario.text.replacing(
        "duration: 20 s\n  arrivals: {process: poisson, rate: 2}",
        with: "requests: 50\n  arrivals: {process: closed-loop, concurrency: 2}")
      try Data(text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      let outcome = try CommandLineTool.run(
        ["trace", "generate", "scenario.yaml", "--to", "q.csv"], in: folder)
      #expect(outcome.exitCode == 2 && outcome.standardError.contains("no arrival times"))
    }
  }

  @Test func `what a run dropped and changed stands among its warnings`() throws {
    try withScratchFolder { folder in
      try Data(Self.mooncake.utf8).write(to: folder.appending(path: "trace.jsonl"))
      try scenario("path: trace.jsonl, spread: auto, max_prompt_tokens: 1000")
        .write(to: folder.appending(path: "scenario.yaml"))
      let text = try run(["run", "scenario.yaml"], in: folder).standardOutput
      #expect(text.contains("4 of 120 rows of the trace dropped: they have no output tokens"))
      #expect(text.contains("120 of 120 rows of the trace spread over clock ticks of 3 s"))
      #expect(text.contains("of 120 rows of the trace cut to max_prompt_tokens"))
    }
  }

  @Test func `a description tells format, sessions, clock and prefixes`() throws {
    try withScratchFolder { folder in
      try Data(Self.mooncake.utf8).write(to: folder.appending(path: "trace.jsonl"))
      let trace = try run(["trace", "describe", "trace.jsonl"], in: folder).standardOutput
      #expect(trace.contains("format            mooncake (by its content)\n"))
      #expect(trace.contains("clock             ticks of 3.00 s with 9.67 requests each"))
      #expect(trace.contains("infinite cache    finds"))
      try Data(Self.session.utf8).write(to: folder.appending(path: "s.json"))
      let session = try run(["trace", "describe", "s.json"], in: folder).standardOutput
      #expect(session.contains("sessions          1, 2.0 requests each on average, at most 2\n"))
      #expect(
        session.contains("think time        mean 8.0 s"), "3 s and, past the dropped turn, 5 s")
    }
  }
}
