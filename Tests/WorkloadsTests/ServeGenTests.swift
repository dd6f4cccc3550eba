import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

struct ServeGenTests {
  /// A client of four windows of 600 s: two busy, an idle one, and a busy one.
  static let arrivals = [
    "0,2.0,1.5,Gamma,0.4444,1.0", "600,4.0,1,Weibull,1.0,0.1", "1200,0,0,,0,0",
    "1800,1.0,1,Gamma,1,1",
  ].joined(separator: "\r\n")

  static let lengths = """
    {"0": {"input_tokens": "{}", "output_tokens": "{5: 1.0}", "reason_ratio": "{0.5: 1.0}"},
     "900": {"input_tokens": "{10: 0.25, 20: 0.75}", "output_tokens": "{}"},
     "1800": {"input_tokens": "{}", "output_tokens": "{7: 1.0}"}}
    """

  private func client(_ arrivals: String = arrivals, _ lengths: String? = lengths) -> ServeGenFiles
  {
    ServeGenFiles(
      arrivals: TraceFile(name: "a.csv") { ByteArraySource(arrivals) },
      lengths: lengths.map { text in TraceFile(name: "l.json") { ByteArraySource(text) } })
  }

  private func draw(
    _ files: [ServeGenFiles], scale: Double = 1, from: SimDuration = .zero, seed: UInt64 = 1,
    limit: Int? = nil
  ) throws -> (queries: [Query], tally: TraceTally) {
    var rules = TraceRules()
    rules.from = from
    rules.limit = limit
    let reader = try ServeGenReader(files, rateScale: scale, from: from, seed: seed)
    var source = TraceSource(reader, rules: rules, seed: seed)
    return (try queries(&source), try #require(source.tally))
  }

  private func counts(_ queries: [Query]) -> [Int] {
    (0..<4).map { window in
      queries.count {
        (Double(window) * 600..<Double(window + 1) * 600).contains($0.arrival.seconds)
      }
    }
  }

  @Test func `every window has its rate, whatever its fit's mean gap`() throws {
    // Scaled up, for small errors: CV² / n is the variance of a renewal count over its mean.
    let counts = counts(try draw([client()], scale: 10).queries)
    #expect(abs(Double(counts[0]) - 12_000) < 4 * (2.25 * 12_000).squareRoot())
    #expect(abs(Double(counts[1]) - 24_000) < 4 * 24_000.0.squareRoot())
    #expect(counts[2] == 0)
    #expect(abs(Double(counts[3]) - 6_000) < 4 * 6_000.0.squareRoot())
  }

  @Test func `a window without lengths repeats the one before, the first the next with some`()
    throws
  {
    let queries = try draw([client()], scale: 10).queries
    let early = queries.filter { $0.arrival.seconds < 600 }
    #expect(Set(early.map(\.promptTokens)) == [10, 20], "no window before: the first with data")
    let share = Double(early.count { $0.promptTokens == 10 }) / Double(early.count)
    #expect(abs(share - 0.25) < 4 * (0.1875 / Double(early.count)).squareRoot())
    let middle = queries.filter { (900..<1200).contains($0.arrival.seconds) }
    #expect(Set(middle.map(\.recordedOutputTokens)) == [5])
    let late = queries.filter { $0.arrival.seconds >= 1800 }
    #expect(Set(late.map(\.recordedOutputTokens)) == [7])
    #expect(Set(late.map(\.promptTokens)) == [10, 20])
  }

  @Test func `a client's draws do not depend on other clients`() throws {
    let alone = try draw([client()]).queries
    let quiet = "0,0.5,1,Gamma,1,1\n600,0,0,,0,0\n1200,0,0,,0,0\n1800,0,0,,0,0"
    let other =
      #"{"0": {"text_tokens": "{3: 1.0}", "image_tokens": "{100: 1.0}", "#
      + #""image_count": "{2: 1.0}", "output_tokens": "{9: 1.0}"}}"#
    let both = try draw([client(), client(quiet, other)]).queries
    #expect(both.filter { $0.recordedOutputTokens != 9 }.map(\.arrival) == alone.map(\.arrival))
    let pictures = both.filter { $0.recordedOutputTokens == 9 }
    #expect(!pictures.isEmpty && pictures.allSatisfy { $0.promptTokens == 203 })
    #expect(try draw([client()], seed: 2).queries.map(\.arrival) != alone.map(\.arrival))
    #expect(try draw([client()]).queries.map(\.arrival) == alone.map(\.arrival))
  }

  @Test func `a process can start in a later window, at that window's rate`() throws {
    let later = try draw([client()], scale: 10, from: SimDuration(rounding: 1800)).queries
    #expect(abs(Double(later.count) - 6_000) < 4 * 6_000.0.squareRoot())
    #expect(later.allSatisfy { $0.arrival.seconds < 600 } && later[0].id == 0)
  }

  @Test func `clients without lengths ask nothing, and silent windows are counted`() throws {
    let tally = try draw([client(), client(Self.arrivals, nil)], limit: 10).tally
    #expect(tally.clientsWithoutLengths == 1 && tally.silentWindows == 1)
    #expect(tally.queries == 10)
    #expect(throws: TraceError.self) { try draw([client(Self.arrivals, nil)]) }
  }

  @Test(
    arguments: [
      ("0,1,1,Gamma,1", lengths, "columns"), ("0,1,1,Pareto,1,1", lengths, "family"),
      ("0,x,1,Gamma,1,1", lengths, "column 2"), ("0,1,1,Gamma,0,1", lengths, "shape"),
      ("600,1,1,Gamma,1,1\n0,1,1,Gamma,1,1", lengths, "rising starts"),
      (arrivals, "{\"x\": {}}", "window is not named"),
      (arrivals, "{\"0\": {\"input_tokens\": \"{5: 0.5}\"}}", "add up to 1"),
      (arrivals, "{\"0\": {\"input_tokens\": \"{5 1.0}\"}}", "cannot be read"),
      (arrivals, "{\"0\": {\"input_tokens\": \"5: 1.0\"}}", "cannot be read"),
      (arrivals, "{\"0\": {\"input_tokens\": 5}}", "not a string"),
    ])
  func `what is wrong is told with its file`(arrivals: String, lengths: String, words: String)
    throws
  {
    let error = try #require(throws: TraceError.self) { try draw([client(arrivals, lengths)]) }
    #expect(error.file != nil && error.description.contains(words), "\(error)")
  }
}
