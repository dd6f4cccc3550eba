import Foundation
import TestSupport
import Testing

/// The benchmark, run for a look: what it measures is nobody's business here.
struct BenchmarkTests {
  @Test func `a smoke run shows every case, and the engines agree in all of them`() throws {
    let outcome = try CommandLineTool.run(["--quick"], program: "FleetBenchmark")
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    let lines = outcome.standardOutput.split(separator: "\n")
    let measured = lines.filter { $0.contains(" yes ") }
    #expect(measured.count >= 9, "\(outcome.standardOutput)")
    #expect(!outcome.standardOutput.contains(" NO "))
  }

  @Test func `the same case gives the same checksum again`() throws {
    let results = try (0..<2).map { _ in
      let arguments = ["--measure", "fleet-64", "--requests", "200"]
      let outcome = try CommandLineTool.run(arguments, program: "FleetBenchmark")
      return try JSONDecoder().decode(
        Result.self, from: Data(outcome.standardOutput.utf8))
    }
    #expect(results[0] == results[1])
    #expect(results[0].requests == 200)
  }

  private struct Result: Decodable, Equatable {
    var checksum: UInt64
    var requests: Int
  }
}
