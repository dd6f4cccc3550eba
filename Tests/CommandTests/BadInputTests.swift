import Foundation
import Testing

/// One thing wrong, and what the program says of it.
struct BadInput: CustomTestStringConvertible, Sendable {
  var name: String
  /// What is replaced in the tiny scenario, and by what.
  var old = ""
  var new = ""
  var scenario = TinyScenario.text
  var trace: String?
  /// The first line on standard error begins with this, after the program's name.
  var place: String
  /// And holds all of these.
  var words: [String]

  var testDescription: String { name }

  static let all: [BadInput] = [
    BadInput(
      name: "a misspelt key", old: "replicas:", new: "replcas:", place: "scenario.yaml:11:",
      words: ["replcas", "did you mean \"replicas\"?"]),
    BadInput(
      name: "a negative rate", old: "rate: 2", new: "rate: -2", place: "scenario.yaml:5:",
      words: ["rate is -2", "expected a number ≥ 1e-06"]),
    BadInput(
      name: "an unknown model", old: "small, model: qwen2.5-7b", new: "small, model: qwen2.5-8b",
      place: "scenario.yaml:11:", words: ["qwen2.5-8b", "did you mean \"qwen"]),
    BadInput(
      name: "a model that does not fit its GPU", old: "model: qwen2.5-7b",
      new: "model: llama-3.1-70b", place: "scenario.yaml:11:",
      words: ["llama-3.1-70b", "GiB", "tensor_parallel_size"]),
    BadInput(
      name: "a missing trace", scenario: TinyScenario.trace, place: "scenario.yaml:4:",
      words: ["trace.csv", "no such file"]),
    BadInput(
      name: "a trace with a broken line 17", scenario: TinyScenario.trace,
      trace: TinyScenario.traceText(rows: 30, broken: 17), place: "trace.csv:17:",
      words: ["many", "expected"]),
    BadInput(
      name: "an empty trace", scenario: TinyScenario.trace, trace: "", place: "trace.csv",
      words: ["empty", "expected"]),
    BadInput(
      name: "a trace of only its header", scenario: TinyScenario.trace,
      trace: TinyScenario.traceText(rows: 0), place: "trace.csv", words: ["expected"]),
    BadInput(
      name: "YAML that is none", old: "fleet:\n", new: "fleet: [\n", place: "scenario.yaml:",
      words: ["expected"]),
  ]
}

struct BadInputTests {
  @Test(
    "bad input gets one clear error, exit code 2, and leaves nothing behind",
    arguments: BadInput.all, ["run", "compare", "validate"])
  func badInput(_ input: BadInput, command: String) throws {
    try withScratchFolder { folder in
      #expect(input.old.isEmpty || input.scenario.contains(input.old))
      let text = input.scenario.replacing(input.old.isEmpty ? "\u{0}" : input.old, with: input.new)
      try Data(text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      if let trace = input.trace {
        try Data(trace.utf8).write(to: folder.appending(path: "trace.csv"))
      }
      let before = try contents(of: folder).keys.sorted()
      let outcome = try CommandLineTool.run([command, "scenario.yaml"], in: folder)
      #expect(outcome.exitCode == 2)
      #expect(outcome.standardOutput.isEmpty)
      let lines = outcome.standardError.split(separator: "\n")
      #expect(lines.count == 1, "\(outcome.standardError)")
      #expect(outcome.standardError.hasPrefix("joulefleet: \(input.place)"))
      for word in input.words {
        #expect(outcome.standardError.contains(word), "\(outcome.standardError)")
      }
      #expect(try contents(of: folder).keys.sorted() == before)
    }
  }

  @Test(
    "a wrong command line gets exit code 2 and a hint",
    arguments: [
      ["run"], ["run", "--quick", "gpu=h100-sxm,modell=qwen2.5-7b"], ["rnu"],
      ["run", "nowhere.yaml"],
      ["list", "gpu"], ["run", "--quick", "gpu=h100,model=qwen2.5-7b"],
    ])
  func commandLine(_ arguments: [String]) throws {
    let outcome = try CommandLineTool.run(arguments)
    #expect(outcome.exitCode == 2)
    #expect(outcome.standardOutput.isEmpty)
    #expect(!outcome.standardError.isEmpty)
  }

  @Test func `results are not written over what is not a result`() throws {
    try withScratchFolder { folder in
      try Data(TinyScenario.text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      let precious = folder.appending(path: "precious")
      try FileManager.default.createDirectory(at: precious, withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: precious.appending(path: "note.txt"))
      let outcome = try CommandLineTool.run(
        ["run", "scenario.yaml", "--output", "precious"], in: folder)
      #expect(outcome.exitCode == 2)
      #expect(try contents(of: precious).keys.sorted() == ["note.txt"])
    }
  }

  @Test(
    "what cannot be written is known before anything is simulated",
    arguments: [
      ["--json", "."], ["--json", "nowhere/summary.json"],
    ])
  func unwritable(_ arguments: [String]) throws {
    try withScratchFolder { folder in
      try Data(TinyScenario.text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      let outcome = try CommandLineTool.run(["run", "scenario.yaml"] + arguments, in: folder)
      #expect(outcome.exitCode == 2)
      #expect(outcome.standardOutput.isEmpty)
      #expect(outcome.standardError.split(separator: "\n").count == 1)
      #expect(!outcome.standardError.contains("Domain"))
      #expect(try contents(of: folder).keys.sorted() == ["scenario.yaml"])
    }
  }

  @Test func `JSON goes through a link into the file that it names`() throws {
    try withScratchFolder { folder in
      try Data(TinyScenario.text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      let real = folder.appending(path: "real.json")
      try Data("{}".utf8).write(to: real)
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "link.json").path, withDestinationPath: "real.json")
      let outcome = try CommandLineTool.run(
        ["run", "scenario.yaml", "--json", "link.json"], in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      #expect(try Data(contentsOf: real).count > 1000)
      let link = folder.appending(path: "link.json").path
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real.json")
    }
  }
}
