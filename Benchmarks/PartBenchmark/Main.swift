import AnswerModels
import DeviceModels
import FleetEngine
import Foundation
import NumericalMethods
import Policies
import Quantities
import Reports
import Scenarios
import Studies
import Workloads

/// Nanoseconds of processor time that the parts around the engine take for one request, each
/// alone. `PartBenchmark NAME…` measures only the parts whose names hold one of the words;
/// `--long` makes it twenty times as long, for a profiler.
@main
enum Main {
  static func main() throws {
    var wanted = CommandLine.arguments.dropFirst()
    let isLong = wanted.contains("--long")
    wanted.removeAll { $0 == "--long" }
    for var part in try parts() {
      guard wanted.isEmpty || wanted.contains(where: { part.name.contains($0) }) else { continue }
      if isLong { part.repetitions *= 20 }
      print(part.name.padding(toLength: 44, withPad: " ", startingAt: 0), text(try part.cost()))
    }
  }

  private static func text(_ nanoseconds: Double) -> String {
    String(format: "%8.1f ns", nanoseconds)
  }

  private static func parts() throws -> [Part] {
    let scenario = try PartScenario()
    return try SourceParts.all(scenario) + AnswerParts.all(scenario) + NumberParts.all()
      + DeviceParts.all(scenario) + PolicyParts.all() + RecordParts.all(scenario)
  }
}

/// Something that is done over and over.
struct Part {
  var name: String
  var repetitions = 300_000
  /// Does it so many times, and returns a figure that depends on all of them.
  var work: (Int) throws -> Int

  init(_ name: String, repetitions: Int = 300_000, work: @escaping (Int) throws -> Int) {
    self.name = name
    self.repetitions = repetitions
    self.work = work
  }

  /// Nanoseconds for one: the least of several goes, for noise only adds.
  func cost() throws -> Double {
    var least = Double.infinity
    for _ in 0..<5 {
      let start = processorSeconds()
      Self.sink &+= try work(repetitions)
      least = min(least, processorSeconds() - start)
    }
    return least / Double(repetitions) * 1e9
  }

  /// Keeps the compiler from leaving out work whose result nobody reads.
  nonisolated(unsafe) private static var sink = 0
}

func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
