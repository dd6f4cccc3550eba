import ArgumentParser
import Foundation
import TestSupport

@main
struct FleetBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures the fleet engine beside the reference engine of the tests.",
    discussion: """
      Every case runs in a process of its own, on one thread. Times are processor times of the \
      run: source, policy, engine, answers and sums. The reference engine gets the first queries \
      of the same case, and the fleet engine must give the same on them, to the last bit.
      """)

  @Flag(help: "A few hundred requests each: whether it works, not how fast.")
  var quick = false
  @Flag(help: "The whole day of 172.8 million requests, and the case of 10 million.")
  var day = false
  @Flag(help: "Without the reference engine.")
  var noReference = false
  @Option(help: "Only the cases whose names hold this.")
  var only: String?
  @Flag(help: "Count instructions per request with callgrind, and check them against the record.")
  var instructions = false
  @Flag(help: "With --instructions: put the counts on record.")
  var update = false
  @Option(help: "The record of instruction counts.")
  var record = "Benchmarks/instructions.json"

  @Option(help: .hidden) var measure: String?
  @Option(help: .hidden) var requests: Int?
  @Option(help: .hidden) var repetitions: Int?
  @Flag(help: .hidden) var reference = false
  @Flag(help: .hidden) var plain = false

  func run() throws {
    if let measure { return try measureHere(measure) }
    if instructions { return try checkInstructions() }
    say(ResultTable.header)
    var disagreeing: [String] = []
    for item in BenchmarkCase.all where only.map({ item.slug.contains($0) }) ?? true {
      guard let agrees = try show(item) else { continue }
      if !agrees { disagreeing.append(item.slug) }
    }
    guard disagreeing.isEmpty else {
      throw BenchmarkError("the engines differ in \(disagreeing.joined(separator: ", "))")
    }
  }

  /// Measures a case in this process and prints the result as one line of JSON.
  private func measureHere(_ slug: String) throws {
    guard var item = BenchmarkCase.all.first(where: { $0.slug == slug }) else {
      throw ValidationError("no case is called \(slug)")
    }
    let count = requests ?? item.requests
    item.repetitions = repetitions ?? item.repetitions
    if plain { return try item.runPlainly(requests: count) }
    let measurement =
      reference ? try item.measureReference(requests: count) : try item.measure(requests: count)
    say(String(decoding: try JSONEncoder().encode(measurement), as: UTF8.self))
  }

  /// Prints the line of a case; says whether the engines agree, where both ran.
  private func show(_ item: BenchmarkCase) throws -> Bool? {
    if item.isLong && !day && only == nil { return nil }
    if item.tracePath != nil && !SharedData.isPresent {
      say("\(item.title): skipped, for the trace is not there")
      return nil
    }
    var item = item
    if quick { item.repetitions = 1 }
    let full = day && item.slug == "day" ? BenchmarkCase.requestsOfADay : item.requests
    let engine = try ChildProcess.measure(
      item, requests: quick ? item.smokeRequests : requests ?? full)
    let other =
      noReference || item.isLong
      ? nil
      : try ChildProcess.measure(
        item, requests: quick ? item.smokeRequests / 3 : item.referenceRequests, isReference: true)
    say(ResultTable.line(item, engine, other))
    say(ResultTable.notes(engine))
    return other?.agrees
  }

  private func checkInstructions() throws {
    let url = URL(filePath: record)
    var budget =
      (try? InstructionBudget.load(url))
      ?? InstructionBudget(instructionsPerRequest: [:], tolerance: 0.03)
    let exceeded = try budget.check()
    if update { return try budget.save(url) }
    guard exceeded.isEmpty else {
      throw BenchmarkError(
        "more instructions than on record: \(exceeded.joined(separator: ", "))")
    }
  }
}
