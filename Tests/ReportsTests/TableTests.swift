import FleetEngine
import Foundation
import Quantities
import Scenarios
import Testing

@testable import Reports

@Suite struct TableTests {
  private func text(_ build: (inout RowBuffer) -> Void) -> String {
    var rows = RowBuffer()
    build(&rows)
    return String(decoding: rows.bytes, as: UTF8.self)
  }

  @Test func `a completed request gives this row`() {
    let row = RequestRow(policy: "p", tasks: ["recall", "math"], arms: ["direct", "vote, k=4"])
    #expect(
      text { row.append(completedRecord(), to: &$0) } == """
        p,7,math,"vote, k=4",3,completed,1500.000000,0.012345,80.000001,900.000000,9.876543,\
        1000.000000,120,16,400,300,4,1,1,1.500000,200.250000,201.750000,1,1

        """)
  }

  @Test func `a rejected request has neither latencies nor an answer`() {
    let row = RequestRow(policy: "p", tasks: ["recall", "math"], arms: ["direct", "vote"])
    #expect(
      text { row.append(rejectedRecord(), to: &$0) }
        == "p,8,math,,,rejected,1500.000000,,,,,,120,0,0,0,0,0,0,0.000000,0.000000,0.000000,,1\n")
  }

  @Test func `a request that was given up has the times that came, and no end`() {
    let row = RequestRow(policy: "p", tasks: ["recall", "math"], arms: ["direct", "vote"])
    var waiting = completedRecord()
    waiting.outcome = .timedOut
    (waiting.firstScheduled, waiting.firstToken, waiting.firstAnswerToken) = (
      .never, .never, .never
    )
    (waiting.outputTokens, waiting.reasoningTokens, waiting.cachedPromptTokens) = (0, 0, 0)
    (waiting.prefillEnergy, waiting.decodeEnergy) = (.zero, .zero)
    (waiting.timePerOutputToken, waiting.isCorrect) = (nil, nil)
    #expect(
      text { row.append(waiting, to: &$0) }
        == "p,7,math,vote,3,timed_out,1500.000000,,,,,,120,0,0,0,4,1,1,0.000000,0.000000,0.000000,,1\n"
    )
    var reasoning = completedRecord()
    reasoning.outcome = .cancelled
    reasoning.firstAnswerToken = .never
    reasoning.isCorrect = nil
    #expect(
      text { row.append(reasoning, to: &$0) } == """
        p,7,math,vote,3,cancelled,1500.000000,0.012345,80.000001,,,,120,16,400,300,4,1,1,\
        1.500000,200.250000,201.750000,,1

        """)
  }

  @Test func `an interval gives this row, empty for pools of other fleets`() {
    let row = IntervalRow(
      policy: "p", fleetPools: ["a", "b"], allPools: ["other", "b", "a"])
    #expect(
      text { row.append(interval(pools: 2), to: &$0) }
        == "p,2.000000,1.000000,450.000,450.000000,5,4,1200,600,3,8,2,0.1235,,300.000,150.000\n")
  }

  @Test func `rows have as many fields as their headers`() {
    let request = RequestRow(policy: "p", tasks: ["recall", "math"], arms: ["direct", "vote"])
    for record in [completedRecord(), rejectedRecord()] {
      let fields = text { request.append(record, to: &$0) }.split(
        separator: ",", omittingEmptySubsequences: false)
      #expect(fields.count == RequestRow.columns.count)
    }
    let series = IntervalRow(policy: "p", fleetPools: ["a"], allPools: ["a", "b"])
    let fields = text { series.append(interval(pools: 1), to: &$0) }.split(
      separator: ",", omittingEmptySubsequences: false)
    #expect(fields.count == IntervalRow.columns(pools: ["a", "b"]).count)
  }

  @Test(
    arguments: [
      (0, "0.000000"), (1, "0.000001"), (-1, "-0.000001"), (999_999, "0.999999"),
      (1_000_000, "1.000000"), (-12_345_678, "-12.345678"), (.max, "9223372036854.775807"),
      (.min, "-9223372036854.775808"),
    ] as [(Int64, String)])
  func `numbers are written from integers with fixed decimals`(number: Int64, expected: String) {
    #expect(text { $0.append(number, decimals: 6) } == expected)
  }

  @Test func `numbers are written as Foundation writes them`() {
    var state: UInt64 = 3
    for step in 0..<5000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let number = Int64(bitPattern: state) >> Int64(step % 64)
      #expect(text { $0.append(Int(number)) } == String(number))
      for decimals in [0, 1, 3, 6, 9] {
        let expected = Decimal(
          sign: number < 0 ? .minus : .plus, exponent: -decimals,
          significand: Decimal(number.magnitude))
        let written = text { $0.append(number, decimals: decimals) }
        #expect(Decimal(string: written) == expected)
        let parts = written.split(separator: ".")
        #expect(decimals == 0 ? parts.count == 1 : parts[1].count == decimals, "\(written)")
        #expect(!parts[0].hasPrefix("0") || parts[0].count == 1, "\(written)")
      }
    }
  }

  @Test func `a buffer grows with what is written into it`() {
    let name = Array(repeating: UInt8(ascii: "n"), count: 3000)
    let written = text { rows in
      for _ in 0..<100 {
        rows.append(name)
        rows.comma()
        rows.append(Int.min)
        rows.endRow()
      }
    }
    let row = String(decoding: name, as: UTF8.self) + ",-9223372036854775808\n"
    #expect(written == String(repeating: row, count: 100))
  }

  @Test func `fields with commas, quotes or line breaks are quoted`() {
    #expect(CSV.field("plain") == Array("plain".utf8))
    #expect(CSV.field("a,b") == Array("\"a,b\"".utf8))
    #expect(CSV.field("say \"no\"") == Array("\"say \"\"no\"\"\"".utf8))
    #expect(CSV.field("two\nlines") == Array("\"two\nlines\"".utf8))
  }

  @Test func `energy is rounded to the microjoule, power to the milliwatt`() {
    #expect(Energy(rounding: 1.234_567_6).microjoules == 1_234_568)
    #expect(Energy(rounding: -1.234_567_6).microjoules == -1_234_568)
    #expect(Energy(rounding: 3).milliwatts(over: SimDuration(rounding: 2)) == 1500)
    #expect(Energy(rounding: 2).milliwatts(over: SimDuration(rounding: 3)) == 667)
  }

  private func prepared(_ name: String, _ pools: [PoolConfiguration]) -> PreparedRun {
    struct Nobody: ServingPolicy {
      mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision { .reject }
    }
    struct Unused: Error {}
    return PreparedRun(
      policyName: name, fleet: fleet(pools), answers: NoAnswers(), estimator: nil,
      makePolicy: { Nobody() }, makeSource: { throw Unused() }, expectedRequests: nil)
  }

  @Test func `files hold the runs in order, however they took turns`() async throws {
    let runs = [
      prepared("first", [pool("a")]), prepared("second", [pool("b")]), prepared("third", []),
    ]
    func write(in order: [Int]) async throws -> [String] {
      try await withTemporaryFolder { folder in
        let tables = RunTables(folder: folder, runs: runs, taskNames: ["recall", "math"])
        for index in order {
          var recorder = try tables.recorder(for: index)
          for id in 0..<3000 as Range<UInt64> { recorder.requestEnded(completedRecord(id: id)) }
          recorder.intervalEnded(interval(pools: 1))
          try recorder.finish()
        }
        try tables.assemble()
        #expect(try names(in: folder) == ["requests.csv", "timeseries.csv"])
        return try ["requests.csv", "timeseries.csv"].map {
          try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
        }
      }
    }
    let one = try await write(in: [0, 1, 2])
    let other = try await write(in: [2, 0, 1])
    #expect(one == other)
    let lines = one[0].split(separator: "\n")
    #expect(lines.count == 9001)
    #expect(lines[0] == RequestRow.columns.joined(separator: ","))
    #expect(lines[1].hasPrefix("first,0,") && lines[9000].hasPrefix("third,2999,"))
    let series = one[1].split(separator: "\n").map(String.init)
    #expect(series.count == 4)
    #expect(series[0] == IntervalRow.columns(pools: ["a", "b"]).joined(separator: ","))
    #expect(series[1].hasPrefix("first,") && series[1].hasSuffix(",0.1235,150.000,"))
    #expect(series[2].hasPrefix("second,") && series[2].hasSuffix(",0.1235,,150.000"))
    #expect(series[3].hasPrefix("third,") && series[3].hasSuffix(",0.1235,,"))
  }
}
