import Foundation
import Quantities
import Scenarios
import Studies

/// Prints, for every case, how much is simulated per processor second, peak memory, and a checksum
/// of the results: a speed-up that changes what comes out shows.
@main
enum Main {
  static func main() async throws {
    let scale = CommandLine.arguments.contains("--quick") ? 20 : 1
    let catalog = try Catalog.load()
    print(
      "case                        requests/s   tokens/s  iterations/s  busy %  MiB  checksum")
    for item in BenchmarkCase.all(scale: scale) {
      let scenario = try Scenario.parse(text: item.scenario, file: item.name, catalog: catalog)
      let runs = try scenario.preparedRuns()
      for run in try await RunExecutor(threadLimit: 1).execute(runs) { report(item, run) }
    }
  }

  private static func report(_ item: BenchmarkCase, _ run: PolicyRun) {
    let seconds = run.timing.processorSeconds
    let result = run.result
    let busy = result.busyTime.seconds / result.end.seconds / Double(item.replicas) * 100
    // Energy and time as integers hold every digit of the run.
    let checksum = result.energy.gpu.quanta ^ result.end.ticks
    print(
      item.name.padding(toLength: 26, withPad: " ", startingAt: 0),
      count(Double(result.requests.completed) / seconds, 11),
      count(Double(result.tokens.output) / seconds, 10),
      count(Double(result.iterations) / seconds, 13),
      count(busy, 7), count(peakMemoryMebibytes, 4),
      String(UInt64(truncatingIfNeeded: checksum), radix: 16))
  }

  private static func count(_ value: Double, _ width: Int) -> String {
    let text = String(Int(value.rounded()))
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Largest resident set of the process so far.
  private static var peakMemoryMebibytes: Double {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) / 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss) / 1_048_576
    #endif
  }
}
