import FleetEngine
import Foundation
import NumericalMethods
import Quantities
import Scenarios
import TestSupport
import Testing
import Workloads

/// Mutates text at random, from a seed: cuts, doubles and swaps pieces, changes digits, and puts
/// in what YAML takes to be special.
private struct Mutator {
  private let stream: RandomStream
  private var index: UInt64 = 0

  init(seed: UInt64) { stream = RandomStream(seed: seed, purpose: "scenario mutation") }

  private mutating func draw(_ bound: Int) -> Int {
    index += 1
    return Int(stream.uniform(id: index) * Double(bound))
  }

  private static let pieces = [
    ":", "- ", "{", "}", "[", "]", "\"", "'", "#", "&a", "*a", "|", ">", "\n", "\t", "  ", ",",
    "null", "~", "-1", "0", "1e308", "1e-300", "1e-310", "1e-11", "1e-6", "1000000",
    "9999999999999999999", ".nan", "NaN", "0x1F", "\u{0}", "é",
    "\u{1F600}", "? ", "<<: ", "!!int", "%", "@", "true", "1:30", "---\n", "name: ", "{}", "[]",
  ]

  mutating func mutate(_ text: String) -> String {
    var characters = Array(text)
    for _ in 0...draw(2) {
      let position = draw(characters.count)
      let end = min(characters.count, position + 1 + draw(12))
      switch draw(7) {
      case 5, 6:
        // A digit for a digit: YAML stays whole, values do not.
        guard let digit = characters[position...].firstIndex(where: \.isNumber) else { continue }
        characters[digit] = Character("\(draw(10))")
      case 0: characters.removeSubrange(position..<end)
      case 1: characters.insert(contentsOf: characters[position..<end], at: draw(position + 1))
      case 2: characters.insert(contentsOf: Self.pieces[draw(Self.pieces.count)], at: position)
      case 3:
        characters.replaceSubrange(position..<end, with: Self.pieces[draw(Self.pieces.count)])
      default: characters.swapAt(position, draw(characters.count))
      }
      if characters.isEmpty { characters = ["a"] }
    }
    return String(characters)
  }
}

/// Simulates the run's first queries, as far as a debug build passes their intervals at once.
private func start(_ run: PreparedRun) throws {
  var source = try run.makeSource()
  var queries: [Query] = []
  for _ in 0..<20 {
    guard let query = try source.next() else { break }
    guard query.arrival.seconds < 1000 * run.fleet.seriesInterval.seconds else { break }
    queries.append(query)
  }
  let simulation = FleetSimulation(
    fleet: run.fleet, answers: run.answers, estimator: run.estimator, policy: run.makePolicy())
  var observer = SilentObserver()
  let result = try simulation.run(ListSource(queries), observer: &observer)
  #expect(result.requests.arrived <= queries.count)
}

/// More seeds than the suite runs, for a search: `JOULEFLEET_FUZZ=10000 swift test --filter …`.
private let seedsPerBatch =
  ProcessInfo.processInfo.environment["JOULEFLEET_FUZZ"]
  .flatMap(Int.init) ?? 25

/// A scenario of sessions, askers of every kind and engines told otherwise.
private let servingText =
  sessionText
  .replacing(
    "sessions: 60",
    with: "sessions: 60\n  timeout: 40 s\n  patience: {lognormal: "
      + "{mean: 9 s, ln_sd: 1}, max: 30 s}\n  priority: {0: 0.5, 3: 0.5}"
  )
  .replacing(
    "engine: {max_num_seqs: 128, max_num_batched_tokens: 4096}",
    with: "engine_args: vllm serve Qwen/Qwen2.5-7B --max-num-seqs=64 --max-model-len 16k -tp 2 "
      + "--enable-prefix-caching --scheduling-policy priority --port 80 -O3"
  )
  .replacing("route: round-robin", with: "engine: {max_waiting: 5, watermark: 0.01}")

@Test(arguments: 0..<8, [validText, servingText])
func `a mutated scenario is a scenario or one placed error`(batch: UInt64, text: String) throws {
  var valid = 0
  var broken = 0
  for seed in 0..<seedsPerBatch {
    var mutator = Mutator(seed: batch << 32 + UInt64(seed))
    let text = mutator.mutate(text)
    do {
      let scenario = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
      for run in try scenario.preparedRuns() { try start(run) }
      valid += 1
    } catch let error as InputError {
      let isOfTheStream = error.expectation?.contains("series_interval") == true
      #expect(error.description.hasPrefix("s.yaml:") || isOfTheStream, "\(error)")
      broken += 1
    } catch {
      Issue.record("batch \(batch), seed \(seed): \(error)")
    }
  }
  // Both must happen, or the mutations are too wild or too tame to find anything.
  #expect(valid > 0 && broken > 0, "\(valid) valid, \(broken) broken")
}

@Test func `a mutated quick line is a scenario or one error`() throws {
  let line = "gpu=h100-sxm,model=qwen3-8b,rate=5,prompt=exp:300,output=lognormal:90:0.8,seed=3"
  for seed in 0..<seedsPerBatch * 4 {
    var mutator = Mutator(seed: UInt64(seed))
    let mutated = mutator.mutate(line)
    do {
      _ = try QuickScenario.parse(mutated, catalog: catalog)
    } catch let error as InputError {
      #expect(error.description.hasPrefix("--quick: "), "\(error)")
    } catch {
      Issue.record("seed \(seed): \(error)")
    }
  }
}
