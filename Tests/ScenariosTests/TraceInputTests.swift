import Foundation
import Quantities
import Scenarios
import TestSupport
import Testing
import Workloads

/// A folder of its own with the given files, gone when `body` is over.
func withTraceFolder<Value>(
  _ files: [String: String], _ body: (String) throws -> Value
) throws -> Value {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "joulefleet-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
  return try body(folder.path)
}

struct TraceInputTests {
  static let session = """
    {"block_size": 4, "requests": [{"t": 0, "in": 9, "out": 2, "hash_ids": [1, 2]}]}
    """
  static let client = "0,1,1,Gamma,1,1\n600,1,1,Gamma,1,1\n"
  static let lengths = #"{"0": {"input_tokens": "{5: 1.0}", "output_tokens": "{6: 1.0}"}}"#

  @Test(
    arguments: [
      ("arrival_s,prompt_tokens,output_tokens\n0,1,1", .csv),
      ("\u{FEFF}TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,1,1", .azure2023),
      ("TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-12 00:00:00.1+00:00,1,1", .azure2024),
      ("{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1}", .mooncake),
      ("Timestamp,Model,Request tokens,Response tokens\n5,x,1,1", .burstGPT),
      (session, .agentic), ("{\n \"id\": \"x\",\n \"requests\": []}", .agentic),
    ] as [(String, TraceFormat)])
  func `a format is known by its content`(text: String, format: TraceFormat) throws {
    try withTraceFolder(["t": text]) { folder in
      let input = try TraceInput(TraceSpecification(path: folder + "/t"))
      #expect(input.format == format && input.isDetected)
    }
  }

  @Test func `folders hold sessions or clients`() throws {
    try withTraceFolder(["b.json": Self.session, "a.json": Self.session]) { folder in
      var specification = TraceSpecification(path: folder)
      specification.rules.sessionsPerSecond = 1
      let input = try TraceInput(specification)
      #expect(input.format == .agentic)
      var source = try input.makeSource(seed: 1)
      #expect(try source.next()?.context.session == 0 && source.next()?.context.session == 1)
      #expect(try source.next() == nil)
    }
    let files = [
      "chunk-2-trace.csv": Self.client, "chunk-10-trace.csv": Self.client,
      "chunk-10-dataset.json": Self.lengths,
    ]
    try withTraceFolder(files) { folder in
      let input = try TraceInput(TraceSpecification(path: folder))
      #expect(input.format == .servegen)
      var source = try input.makeSource(seed: 1)
      var count = 0
      while let query = try source.next() {
        #expect(query.promptTokens == 5 && query.recordedOutputTokens == 6)
        count += 1
      }
      #expect(abs(Double(count) - 1200) < 4 * 1200.0.squareRoot())
      #expect(source.tally?.clientsWithoutLengths == 1)
    }
  }

  @Test(
    arguments: [
      ("x,y\n1,2", "t:1: the format of the trace is not known"), ("", "t:1: the file is empty"),
      ("{\"a\": 1}", "JSON of no known trace"),
    ])
  func `an unknown format is an error that lists those known`(text: String, words: String) throws {
    try withTraceFolder(["t": text]) { folder in
      let error = try #require(throws: InputError.self) {
        try TraceInput(TraceSpecification(path: folder + "/t"))
      }
      #expect(error.description.contains(words), "\(error)")
    }
  }

  @Test func `errors in one of many files name it`() throws {
    try withTraceFolder(["a.json": Self.session, "b.json": "{\n\"block_size\": x}"]) { folder in
      var specification = TraceSpecification(path: folder)
      specification.rules.sessionsPerSecond = 1
      var source = try TraceInput(specification).makeSource(seed: 1)
      _ = try source.next()
      let error = try #require(throws: InputError.self) { try source.next() }
      #expect(error.file == folder + "/b.json" && error.line == 2)
    }
  }

  private func scenario(_ trace: String) throws -> Scenario {
    let text = """
      seed: 1
      workload: {trace: \(trace)}
      fleet: {pools: [{name: p, model: llama-3.1-8b, gpu: h100-sxm, replicas: 1}]}
      arms: [{name: a, model: llama-3.1-8b, strategy: direct}]
      policies: [{name: b, choose: {arm: a}}]
      """
    return try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
  }

  @Test func `every rule is a key of the scenario's trace`() throws {
    try withTrace { path in
      let scenario = try scenario(
        """
        {path: "\(path)", origin: "2023-11-16 18:15:40", from: 1 min, until: 2 h, thin: 0.5, \
        speedup: 2, limit: 7, zero_tokens: one, out_of_order: sort, sort_buffer: 9, spread: 3 s, \
        max_prompt_tokens: 1000, max_output_tokens: 100, sessions_per_second: 4, rate_scale: 0.1, \
        map: {arrival: "TIMESTAMP:timestamp", prompt: ContextTokens, output: GeneratedTokens}}
        """)
      guard case .trace(let trace) = scenario.workload else { return #expect(Bool(false)) }
      var rules = TraceRules()
      rules.origin = TraceTimestamp("2023-11-16 18:15:40")
      rules.from = SimDuration(rounding: 60)
      rules.until = SimDuration(rounding: 7200)
      rules.keptShare = 0.5
      rules.speedup = 2
      rules.limit = 7
      rules.zeroTokens = .one
      rules.outOfOrder = .sort
      rules.sortBufferRows = 9
      rules.spread = .tick(SimDuration(rounding: 3))
      rules.maxPromptTokens = 1000
      rules.maxOutputTokens = 100
      rules.sessionsPerSecond = 4
      #expect(trace.rules == rules && trace.rateScale == 0.1 && trace.format == nil)
      #expect(
        trace.columns?.columns?.map(\.name) == ["TIMESTAMP", "ContextTokens", "GeneratedTokens"])
      #expect(trace.columns?.columns?.first?.unit == .timestamp)
    }
  }

  @Test(
    arguments: [
      ("spread: often", "spread is \"often\"; expected auto, or the length"),
      ("until: 1 s, from: 2 s", "until is \"1 s\" in workload.trace; expected a time after from"),
      ("thin: 0", "thin is 0"), ("zero_tokens: keep", "expected one of drop, one"),
      ("sort_buffer: 5", "sort_buffer is given without out_of_order: sort"),
      ("map: {arrival: a}", "names no column of prompt tokens"),
      ("map: {prompt: a, arrival: \"b:days\"}", "unit \"days\""),
      ("map: {prompt: a, arival: b}", "did you mean \"arrival\"?"),
      ("map: \"prompt=a,prompt=b\"", "map names prompt twice"),
      ("map: {prompt: a}, format: mooncake", "map is given for the format mooncake"),
      ("format: mapped", "needs a map"), ("origin: today", "origin is \"today\""),
      ("speed_up: 2", "did you mean \"speedup\"?"), ("limit: 0", "limit is 0"),
    ])
  func `a wrong rule is told with what was expected`(keys: String, words: String) throws {
    try withTrace { path in
      let error = try #require(throws: InputError.self) {
        try scenario("{path: \"\(path)\", \(keys)}")
      }
      let parts = words.components(separatedBy: "; expected ")
      for part in parts { #expect(error.description.contains(part), "\(error)") }
    }
  }

  @Test func `a scenario's trace is read anew by every policy, so it is no stream`() throws {
    let error = try #require(throws: InputError.self) { try scenario("{path: \"-\"}") }
    #expect(error.problem.contains("cannot come from standard input"))
  }

  @Test func `a compressed trace is read, and one cut short is an error`() throws {
    // Two rows, packed by gzip.
    let packed = try #require(
      Data(
        base64Encoded: """
          H4sIAAAAAAACA13KsREAIQwDsJ4pGCBwdkgCZv/B+PpVy+FrkIPVeS7zRs06SAG2dlhE839JTClZ+orK\
          CLUHip37aUcAAAA=
          """))
    try withTraceFolder([:]) { folder in
      let path = folder + "/t.csv.gz"
      try packed.write(to: URL(filePath: path))
      var source = try FileByteSource(path: path)
      var buffer = [UInt8](repeating: 0, count: 200)
      let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
      #expect(
        String(decoding: buffer[..<count], as: UTF8.self)
          == "2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n")
      try packed.dropLast(20).write(to: URL(filePath: path))
      #expect(throws: InputError.self) {
        var source = try FileByteSource(path: path)
        while try buffer.withUnsafeMutableBytes({ try source.read(into: $0) }) > 0 {}
      }
    }
  }
}
