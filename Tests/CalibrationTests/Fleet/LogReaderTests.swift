import Foundation
import Scenarios
import Testing

@testable import Calibration

@Suite struct LogReaderTests {
  typealias Fixtures = LogFixtures

  @Test func `a detailed vLLM benchmark is read request by request`() throws {
    let run = try #require(try Fixtures.read("run.json", Fixtures.vllmDetailed).runs.first)
    #expect(run.facts.model == "meta-llama/Llama-3.1-8B-Instruct")
    #expect(run.droppedRequests == 1)
    #expect(run.requests.count == 2)
    #expect(run.requests[0].start == 1000)
    #expect(run.requests[0].promptTokens == 100)
    #expect(abs(run.requests[0].decodeSeconds - 0.5) < 1e-12)
    #expect(run.clock == .monotonic)
    // A gap of the second request carried two tokens: tokens are counted, not gaps.
    #expect(run.requests[1].outputTokens == 4)
    #expect(run.medianInterTokenSeconds == 0.1)
    #expect(run.endLocal == CalendarTime.seconds("2025/01/31 13:06:10"))
    #expect(run.maxConcurrency == 2)
  }

  @Test func `a benchmark in means gives its rows by Little's law`() throws {
    let run = try #require(try Fixtures.read("run.json", Fixtures.vllmSummary).runs.first)
    let summary = try #require(run.summary)
    // 10,000 tokens after the first of each request in 50 s, 20 ms each.
    #expect(abs(summary.decodeRows - 200 * 0.02) < 1e-12)
    #expect(summary.promptTokens == 400)
    #expect(summary.outputTokens == 101)
    #expect(summary.interTokenSeconds == 0.02)
    #expect(summary.firstTokenSeconds == 0.06)
    #expect(!summary.holdsOwnPrompt)
  }

  @Test func `SGLang's lines hold serving runs and static batches`() throws {
    let runs = try Fixtures.read("runs.jsonl", Fixtures.sglangLines).runs
    #expect(runs.count == 2)
    #expect(runs[0].facts.model == "Qwen/Qwen2.5-7B-Instruct")
    #expect(runs[0].facts.tensorParallelDegree == 2)
    #expect(runs[0].place.line == 1)
    #expect(runs[1].isStaticBatch)
    #expect(runs[1].summary?.decodeRows == 8)
    #expect(runs[1].summary?.interTokenSeconds == 0.011)
  }

  @Test func `vLLM's appended results are read line by line`() throws {
    let line = Fixtures.vllmSummary.replacing("\n", with: " ")
    let runs = try Fixtures.read("runs.json", line + "\n" + line + "\n").runs
    #expect(runs.map(\.place.line) == [1, 2])
  }

  @Test func `ML.ENERGY's watts are of all GPUs, ours of one`() throws {
    let third = try Fixtures.read("v3.json", Fixtures.mlEnergyVersion3).runs[0]
    #expect(third.summary?.wattsPerGPU == 320)
    #expect(third.summary?.interTokenSeconds == 8.0 / 250)
    #expect(third.summary?.holdsOwnPrompt == true)
    #expect(third.summary?.task == "gpqa")
    let second = try Fixtures.read("v2.json", Fixtures.mlEnergyVersion2).runs[0]
    // 100 J / 200 tokens at 1,000 tokens a second.
    #expect(second.summary?.wattsPerGPU == 500)
    #expect(second.facts.gpu == "NVIDIA H100 80GB HBM3")
    let own = try Fixtures.read("table.csv", Fixtures.servingTable).runs
    #expect(own.map { $0.summary?.wattsPerGPU } == [nil, 412.5])
    #expect(own[1].summary?.interTokenSeconds == 0.01025)
  }

  @Test func `nvidia-smi's samples count for the time before them`() throws {
    let log = try #require(try Fixtures.read("power.csv", Fixtures.nvidiaSMI).power.first)
    #expect(log.skippedRows == 1)
    #expect(log.series.map(\.name) == ["0"])
    #expect(log.clock == .local)
    let range = try #require(log.range)
    #expect(abs(range.upperBound - range.lowerBound - 2) < 1e-6)
    #expect(log.wattsPerGPU(from: range.lowerBound, to: range.upperBound) == 250)
    let middle = range.lowerBound + 0.5
    #expect(abs((log.wattsPerGPU(from: middle, to: middle + 1) ?? 0) - 250) < 1e-3)
    #expect(log.wattsPerGPU(from: range.lowerBound - 1, to: middle) == nil)
  }

  @Test func `scrapes have the time of their samples or of the line above`() throws {
    let log = try #require(try Fixtures.read("engine.prom", Fixtures.prometheusText).metrics.first)
    let tokens = try #require(log.series.first { $0.kind == .generationTokens })
    #expect(tokens.times == [1_738_328_759.5, 1_738_328_769.5, 1_738_328_779.5])
    #expect(tokens.values == [10, 30, 60])
    #expect(tokens.labels["model_name"] == "a \"b\" c")
    #expect(log.series.count { $0.kind == .cacheUsage } == 2)
    #expect(log.series.first { $0.kind == .watts }?.values == [250.5])
  }

  @Test func `an energy counter in mJ gives power, a reset gives none`() throws {
    let logs = try Fixtures.read("dcgm.json", Fixtures.prometheusJSON)
    let power = try #require(try MetricWindows(logs.metrics).powerLog())
    #expect(power.wattsPerGPU(from: 1_738_328_750, to: 1_738_328_760) == 200)
    #expect(power.wattsPerGPU(from: 1_738_328_755, to: 1_738_328_765) == nil)
    #expect(power.wattsPerGPU(from: 1_738_328_770, to: 1_738_328_780) == 100)
  }

  @Test(
    "a calendar time is read as seconds, anything else is refused",
    arguments: [
      ("1970/01/01 00:00:00.500", 0.5), ("2000/03/01 00:00:00", 951_868_800),
      ("20250131-130610", 1_738_328_770), ("2025-01-31T13:06:10.25", 1_738_328_770.25),
    ])
  func calendar(text: String, seconds: Double) throws {
    #expect(CalendarTime.seconds(text) == seconds)
    #expect(CalendarTime.seconds(text + "x") == nil)
    #expect(CalendarTime.seconds(String(text.dropLast(9))) == nil)
  }

  /// File, text, and parts of the error.
  static let broken: [(String, String, [String])] = [
    ("power.csv", "timestamp, power.draw [W]\nyesterday, 3 W\n", ["power.csv:2", "yesterday"]),
    (
      "power.csv", "timestamp, power.draw [W]\n2025/01/31 13:05:59.9, hot\n",
      ["power.csv:2", "\"hot\"", "123.45 W"]
    ),
    (
      "power.csv",
      "timestamp, power.draw [W]\n2025/01/31 13:05:59.9, 5 W\n2025/01/31 13:05:59.9, 5 W\n",
      ["power.csv:3", "does not advance", "index"]
    ),
    ("table.csv", "batch_rows,itl_ms\n8,fast\n", ["table.csv:2", "itl_ms is \"fast\""]),
    ("table.csv", "batch_rows,itl_ms\n8\n", ["table.csv:2", "1 cells", "2"]),
    ("table.csv", "batch_rows,itl_ms\n-8,3\n", ["table.csv:2", "> 0"]),
    ("run.json", "{\"duration\": 1,\n \"total_output_tokens\": }", ["run.json:2", "JSON"]),
    (
      "run.json", "{\"duration\": \"long\", \"total_output_tokens\": 1}",
      ["run.json", "duration is a text"]
    ),
    (
      "run.json",
      "{\"duration\": 1, \"total_output_tokens\": 1, \"ttfts\": [1], \"itls\": [[1], [2]], "
        + "\"input_lens\": [1], \"output_lens\": [1]}",
      ["run.json", "as many in each"]
    ),
    (
      "engine.prom", "vllm:generation_tokens_total 5\n",
      ["engine.prom:1", "when", "# scrape"]
    ),
    (
      "engine.prom", "vllm:generation_tokens_total{a=\"b 5 1\n", ["engine.prom:1", "labels"]
    ),
    (
      "engine.prom",
      "vllm:generation_tokens_total 5 2000\nvllm:generation_tokens_total 6 1000\n",
      ["engine.prom:2", "back in time"]
    ),
    (
      "rate.json",
      "{\"data\": {\"resultType\": \"matrix\", \"result\": [{\"metric\": {}, \"values\": []}]}}",
      ["rate.json", "rate()"]
    ),
    (
      "instant.json", "{\"data\": {\"resultType\": \"vector\", \"result\": []}}",
      ["instant.json", "query_range"]
    ),
  ]

  @Test(arguments: broken.indices)
  func `a broken log is refused with its place and what was expected`(index: Int) throws {
    let (name, text, parts) = Self.broken[index]
    let error = try #require(
      #expect(throws: InputError.self) { try Fixtures.read(name, text) })
    for part in parts { #expect("\(error)".contains(part), "\(error)") }
  }

  /// Any change of a byte gives rows or an error, and never stops the program.
  @Test(arguments: Fixtures.all.indices)
  func `a mutated log is read or refused`(index: Int) throws {
    let (name, text) = Fixtures.all[index]
    let bytes = Array(text.utf8)
    let marks = Array("\"{}[],:\n 0-.eE\\\u{0}é".utf8)
    try Fixtures.folder([]) { folder in
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let url = folder.appending(path: name)
      var state = UInt64(index + 1)
      func draw(_ count: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % count
      }
      var read = 0
      for _ in 0..<150 {
        var mutated = bytes
        for _ in 0...draw(3) {
          let at = draw(mutated.count)
          switch draw(4) {
          case 0: mutated[at] = marks[draw(marks.count)]
          case 1: mutated.remove(at: at)
          case 2: mutated.insert(marks[draw(marks.count)], at: at)
          default: mutated.removeSubrange(at..<min(mutated.count, at + draw(40)))
          }
          if mutated.isEmpty { mutated = [0x7B] }
        }
        try Data(mutated).write(to: url)
        do {
          _ = try LogFolder(folder)
          read += 1
        } catch is InputError {}
      }
      // Most changes touch a number or a name alone: not everything may be refused.
      #expect(read > 10, "\(read) of 150")
    }
  }
}
