import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

/// Our own CSV from text.
func ownReader(_ text: String, taskNames: [String] = []) -> CSVTraceReader {
  CSVTraceReader(ByteArraySource(text), columns: .own, taskNames: taskNames)
}

struct TraceTaskTests {
  private static let mix = TaskMix([
    .init(task: 0, weight: 1, difficulty: BetaDistribution(a: 3, b: 1)),
    .init(task: 1, weight: 1),
  ])

  @Test func `a mix deals a trace's queries to tasks, which are to draw the outputs`() throws {
    let text =
      "arrival_s,prompt_tokens,output_tokens\n"
      + (0..<3000).map { "\($0),\($0 + 1),7\n" }.joined()
    let plain = try queries(ownReader(text))
    var source = TraceSource(ownReader(text), seed: 5, mix: Self.mix)
    let mixed = try queries(&source)
    #expect(mixed.map(\.arrival) == plain.map(\.arrival))
    #expect(mixed.map(\.promptTokens) == plain.map(\.promptTokens))
    #expect(plain.allSatisfy { $0.recordedOutputTokens == 7 })
    #expect(mixed.allSatisfy { $0.recordedOutputTokens == nil })
    #expect(Set(mixed.map(\.task)) == [0, 1])
    let hard = mixed.filter { $0.task == 0 }.map(\.difficulty)
    let mean = hard.reduce(0, +) / Double(hard.count)
    #expect(abs(mean - 0.75) < 4 * (0.0375 / Double(hard.count)).squareRoot())
  }

  @Test func `a row that names its task keeps it, its difficulty and its output`() throws {
    let text = """
      arrival_s,prompt_tokens,output_tokens,task,difficulty
      0,10,5,b,0.25
      1,11,,b,
      2,12,6,,
      """
    var source = TraceSource(ownReader(text, taskNames: ["a", "b"]), seed: 5, mix: Self.mix)
    let mixed = try queries(&source)
    #expect(mixed[0].task == 1 && mixed[0].difficulty == 0.25)
    #expect(mixed[0].recordedOutputTokens == 5)
    #expect(mixed[1].task == 1 && mixed[1].recordedOutputTokens == nil)
    #expect(mixed[1].difficulty != 0.5, "drawn")
    #expect(mixed[2].recordedOutputTokens == nil, "dealt")
  }

  @Test func `an unknown task is an error that lists the known ones`() throws {
    var reader = ownReader(
      "arrival_s,prompt_tokens,output_tokens,task\n0,10,5,c", taskNames: ["a", "b"])
    let error = #expect(throws: TraceError.self) { try reader.next() }
    #expect(
      error?.description
        == "line 2, column 8: \"c\" is not a task of the workload; expected one of a, b")
  }

  @Test func `without tasks every row must have its output`() throws {
    let text = "arrival_s,prompt_tokens,output_tokens\n0,10,"
    let error = #expect(throws: TraceError.self) { try queries(ownReader(text)) }
    #expect(error?.problem == "the row records no output tokens" && error?.line == 2)
    var described = TraceSource(ownReader(text), seed: 1, allowsMissingOutput: true)
    #expect(try described.next()?.recordedOutputTokens == nil)
  }
}
