import Foundation
import TestSupport
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
      name: "an empty file", scenario: "", place: "scenario.yaml:", words: ["the file is empty"]),
    BadInput(
      name: "a tab that indents", old: "  duration: 20 s", new: "\tduration: 20 s",
      place: "scenario.yaml:4:", words: ["indented by a tab", "expected blanks"]),
    BadInput(
      name: "a key that is there twice", old: "seed: 7", new: "seed: 7\nseed: 8",
      place: "scenario.yaml:2:1:", words: ["\"seed\"", "more than once, again in line 3"]),
    BadInput(
      name: "a second document", old: "fleet:\n", new: "---\nfleet:\n", place: "scenario.yaml:9:",
      words: ["a second document", "expected one"]),
    BadInput(
      name: "a number that is none", old: "rate: 2", new: "rate: .nan", place: "scenario.yaml:5:",
      words: [".nan", "expected a number"]),
    BadInput(
      name: "a time without its unit", old: "duration: 20 s", new: "duration: 20",
      place: "scenario.yaml:4:", words: ["duration is 20", "with its unit"]),
    BadInput(
      name: "a number beyond all bounds", old: "replicas: 2", new: "replicas: 99999999999999999999",
      place: "scenario.yaml:11:", words: ["replicas is 99999999999999999999", "≤ 65536"]),
    BadInput(
      name: "a misspelt policy", old: "route: round-robin", new: "route: round-robbin",
      place: "scenario.yaml:", words: ["did you mean \"round-robin\"?"]),
    BadInput(
      name: "no seed", old: "seed: 7\n", new: "", place: "scenario.yaml:1:1:",
      words: ["missing key \"seed\""]),
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

  @Test(
    "what cannot be taken from standard output is an error",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"),
    arguments: [["list", "gpus"], ["validate", "scenario.yaml"]])
  func fullOutput(_ arguments: [String]) throws {
    try withScratchFolder { folder in
      try Data(TinyScenario.text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      let outcome = try CommandLineTool.run(arguments, in: folder, output: "/dev/full")
      #expect(outcome.exitCode == 2)
      #expect(outcome.standardError.contains("standard output cannot be written"))
    }
  }

  @Test func `a link to nowhere and a file of bytes are told as such`() throws {
    try withScratchFolder { folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "link.yaml").path, withDestinationPath: "gone.yaml")
      try Data([0xFF, 0xFE, 0x00]).write(to: folder.appending(path: "bytes.yaml"))
      for (file, words) in [
        ("link.yaml", "link.yaml: this is a link to gone.yaml, which is not there"),
        ("bytes.yaml", "bytes.yaml: the file is not UTF-8 text; expected text in UTF-8"),
      ] {
        let outcome = try CommandLineTool.run(["validate", file], in: folder)
        #expect(outcome.exitCode == 2)
        #expect(outcome.standardError.contains(words), "\(outcome.standardError)")
      }
    }
  }

  @Test func `a file with line ends of Windows and a byte-order mark reads as without`() throws {
    try withScratchFolder { folder in
      let text = "\u{FEFF}" + TinyScenario.text.replacing("\n", with: "\r\n")
      try Data(text.utf8).write(to: folder.appending(path: "windows.yaml"))
      let outcome = try CommandLineTool.run(["validate", "windows.yaml"], in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      #expect(outcome.standardOutput.hasSuffix("1 pool, 2 arms, 2 policies\n"))
    }
  }

  @Test func `a run in which nothing is served says so, and exits with 3`() throws {
    try withScratchFolder { folder in
      let text = TinyScenario.text.replacing(
        "replicas: 2}", with: "replicas: 2, engine: {max_model_len: 4}}")
      try Data(text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      let outcome = try CommandLineTool.run(
        ["run", "scenario.yaml", "--policy", "direct", "--output", "results"], in: folder)
      #expect(outcome.exitCode == 3)
      #expect(outcome.standardError.isEmpty)
      #expect(outcome.standardOutput.contains("direct: nothing was served: "))
      #expect(outcome.standardOutput.contains("No request was completed"))
      let page = try String(
        contentsOf: folder.appending(path: "results/report.html"), encoding: .utf8)
      #expect(page.contains("nothing was served: "))
    }
  }

  @Test func `a trace goes to standard output where it is asked to`() throws {
    try withScratchFolder { folder in
      try Data(TinyScenario.text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      let command = ["trace", "generate", "scenario.yaml", "--to"]
      let piped = try CommandLineTool.run(command + ["-"], in: folder)
      #expect(piped.exitCode == 0)
      #expect(try contents(of: folder).keys.sorted() == ["scenario.yaml"])
      _ = try CommandLineTool.run(command + ["queries.csv"], in: folder)
      let file = try #require(try contents(of: folder)["queries.csv"])
      #expect(piped.standardOutput.utf8.elementsEqual(file) && file.count > 100)
    }
  }

  @Test func `only a joint router needs router.yaml`() throws {
    try withScratchFolder { folder in
      let old = folder.appending(path: "calibration")
      try FileManager.default.copyItem(
        at: SharedData.packageRoot.appending(path: "calibration"), to: old)
      try FileManager.default.removeItem(at: old.appending(path: "router.yaml"))
      try Data(TinyScenario.text.utf8).write(to: folder.appending(path: "scenario.yaml"))
      let joint = TinyScenario.text.replacing(
        "choose: {arm: direct}", with: "choose: {joint: all, lambda: 1}")
      try Data(joint.utf8).write(to: folder.appending(path: "joint.yaml"))
      let without = ["--calibration", "calibration"]
      let plain = try CommandLineTool.run(["validate", "scenario.yaml"] + without, in: folder)
      #expect(plain.exitCode == 0, "\(plain.standardError)")
      let routed = try CommandLineTool.run(["validate", "joint.yaml"] + without, in: folder)
      #expect(routed.exitCode == 2)
      #expect(routed.standardError.contains("router.yaml: joint routers"), "\(routed)")
      #expect(routed.standardError.contains("copied there"))
      #expect(try CommandLineTool.run(["validate", "joint.yaml"], in: folder).exitCode == 0)
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
