import Quantities
import Scenarios
import Testing

/// The text of the error that reading `text` with `body` gives, or nil if it reads.
private func failure(_ text: String, _ body: (YAMLMapping) throws -> Void) -> String? {
  do {
    try YAMLDocument.read(text: text, file: "a.yaml", body)
    return nil
  } catch {
    return "\(error)"
  }
}

private func here(_ name: String) -> String {
  #filePath.replacing("ReadingTests.swift", with: name)
}

/// What `read` makes of the value of the key `x`.
private func value<Result>(
  _ text: String, _ read: (YAMLValue) throws -> Result
) throws -> Result {
  try YAMLDocument.read(text: text, file: "") { try read($0["x"]) }
}

@Test func `a misspelt key is named with its place and the nearest valid name`() {
  let message = failure("pools:\n  - name: x\n    replcas: 2\n") { yaml in
    _ = try yaml["pools"].list { pool in
      try pool.mapping { yaml in
        _ = try yaml["name"].string()
        _ = yaml.optional("replicas")
      }
    }
  }
  #expect(
    message == """
      a.yaml:3:5: unknown key "replcas" in pools[0]; expected one of name, replicas; \
      did you mean "replicas"?
      """)
}

@Test func `a missing key points at a misspelt one if there is one`() {
  #expect(
    failure("sed: 1") { _ = try $0["seed"].unsigned() }
      == "a.yaml:1:1: missing key \"seed\", found \"sed\"; did you mean \"seed\"?")
  #expect(failure("a: 1") { _ = try $0["seed"].unsigned() } == "a.yaml:1:1: missing key \"seed\"")
}

@Test(arguments: [
  ("x: -1", "a.yaml:1:4: x is -1; expected a number > 0"),
  ("x: 0", "a.yaml:1:4: x is 0; expected a number > 0"),
  ("x: .nan", "a.yaml:1:4: x is \".nan\"; expected a number > 0"),
  ("x: 1e999", "a.yaml:1:4: x is \"1e999\"; expected a number > 0"),
  ("x: 0x10", "a.yaml:1:4: x is \"0x10\"; expected a number > 0"),
  ("x: '1'", "a.yaml:1:4: x is \"1\"; expected a number > 0"),
  ("x:", "a.yaml:1:3: x is empty; expected a number > 0"),
  ("x: [1]", "a.yaml:1:4: x is a list; expected a number > 0"),
  ("x: {a: 1}", "a.yaml:1:4: x is a mapping; expected a number > 0"),
])
func `a number out of bounds or of the wrong kind is refused`(text: String, message: String) {
  #expect(failure(text) { _ = try $0["x"].double(.positive) } == message)
}

@Test(arguments: [
  ("", "a.yaml: the file is empty; expected a mapping of keys to values"),
  ("# only a comment\n", "a.yaml: the file is empty; expected a mapping of keys to values"),
  ("- 1\n", "a.yaml:1:1: the file holds a list; expected a mapping of keys to values"),
  (
    "a: 1\nb: [1\n",
    "a.yaml:3:1: not YAML: did not find expected ',' or ']'; expected YAML; is a bracket or a quote "
      + "above still open?"
  ),
  (
    "a: 1\na: 2\n",
    "a.yaml:1:1: key \"a\" is there more than once, again in line 2; expected it once"
  ),
  ("{a: 1, a: 2}\n", "a.yaml:1:2: key \"a\" is there more than once; expected it once"),
  ("a: *b\n", "a.yaml:1:4: not YAML: found undefined alias; expected YAML"),
  ("a:\n\tb: 1\n", "a.yaml:2:1: the line is indented by a tab; expected blanks, as YAML has it"),
])
func `text that is no mapping is refused`(text: String, message: String) {
  #expect(failure(text) { _ in } == message)
}

@Test func `whole numbers keep to their range`() throws {
  #expect(
    failure("n: 9") { _ = try $0["n"].int(in: 1...8) }
      == "a.yaml:1:4: n is 9; expected a whole number ≥ 1 and ≤ 8")
  #expect(
    failure("n: 1.5") { _ = try $0["n"].int(in: 1...) }
      == "a.yaml:1:4: n is 1.5; expected a whole number ≥ 1")
  #expect(try value("x: 8") { try $0.int(in: 1...8) } == 8)
}

@Test func `durations need their unit`() throws {
  #expect(
    failure("t: 30") { _ = try $0["t"].duration() } == """
      a.yaml:1:4: t is 30; expected a time > 0 with its unit (us, ms, s, min, h, d), as 30 min
      """)
  for (text, seconds) in [("30 min", 1800.0), ("500ms", 0.5), ("2 h", 7200), ("1 d", 86_400)] {
    #expect(try value("x: \(text)") { try $0.duration() } == SimDuration(rounding: seconds))
  }
}

@Test func `calibration numbers carry value, unit and source`() throws {
  let text = "x: {value: 1.5, unit: W, source: data sheet, error: 0.1}"
  let number = try value(text) { try $0.measured(unit: "W", .positive) }
  #expect(number == Measured(value: 1.5, unit: "W", source: "data sheet", standardError: 0.1))
  #expect(
    failure(text) { _ = try $0["x"].measured(unit: "J") }
      == "a.yaml:1:23: unit is \"W\" in x; expected the unit J")
  #expect(
    failure("x: {value: 1, unit: W}") { _ = try $0["x"].measured(unit: "W") }
      == "a.yaml:1:4: missing key \"source\" in x")
}

@Test func `a missing file is named with its nearest neighbor`() {
  let error = #expect(throws: InputError.self) {
    try YAMLDocument.read(path: "Packge.swift") { _ in }
  }
  #expect(error?.problem == "no such file")
}

@Test func `the nearest name is near`() {
  let names = ["qwen2.5-7b", "qwen2.5-14b", "llama-3.1-8b", "h100-sxm"]
  #expect(NearestName.to("qwen2.5-7B", among: names) == "qwen2.5-7b")
  #expect(NearestName.to("qewn2.5-14b", among: names) == "qwen2.5-14b")
  #expect(NearestName.to("h100", among: names) == "h100-sxm")
  #expect(NearestName.to("llama-3.1-8b-instruct", among: names) == "llama-3.1-8b")
  #expect(NearestName.to("mistral", among: names) == nil)
  #expect(NearestName.to("", among: names) == nil)
}
