import Foundation

/// Instructions per request, counted by callgrind, against those on record: unlike times they are
/// the same on a busy machine, so that a slow-down shows.
struct InstructionBudget: Codable {
  /// By case.
  var instructionsPerRequest: [String: Int]
  /// Share by which a count may be above the one on record.
  var tolerance: Double

  enum CodingKeys: String, CodingKey {
    case instructionsPerRequest = "instructions_per_request"
    case tolerance
  }

  /// The cases that are counted, and requests of the shorter of their two runs; the longer has
  /// three times as many, and the difference leaves out the start.
  static let counted = [("fleet-64", 40_000), ("light", 8000), ("vote-8", 5000)]

  static func load(_ url: URL) throws -> Self {
    try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }

  func save(_ url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: url)
  }

  /// Instructions that one more request of a case takes.
  private static func count(_ slug: String, requests: Int, program: String) throws -> Int {
    let few = try instructions(slug, requests: requests, program: program)
    let many = try instructions(slug, requests: 3 * requests, program: program)
    return (many - few) / (2 * requests)
  }

  private static func instructions(
    _ slug: String, requests: Int, program: String
  ) throws -> Int {
    let arguments = [
      // Else hashes, and so the work of every dictionary, differ from run to run.
      "SWIFT_DETERMINISTIC_HASHING=1", "valgrind", "--tool=callgrind",
      "--callgrind-out-file=/dev/null", program, "--measure", slug,
      "--requests", String(requests), "--plain",
    ]
    let (status, _, errors) = try ChildProcess.run("/usr/bin/env", arguments, keepsErrors: true)
    let line = errors.split(separator: "\n").last { $0.contains("Collected :") }
    guard status == 0, let last = line?.split(separator: " ").last, let count = Int(last) else {
      throw BenchmarkError("callgrind counted nothing of \(slug) (code \(status)): \(errors)")
    }
    return count
  }

  /// Counts every case and prints each beside its record; says which are beyond it.
  mutating func check() throws -> [String] {
    // Valgrind stumbles over the debug information of newer compilers, and needs none.
    let program = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: program) }
    let strip = try ChildProcess.run(
      "/usr/bin/env", ["strip", "-o", program.path, try ChildProcess.ownPath()])
    guard strip.status == 0 else { throw BenchmarkError("strip ended with code \(strip.status)") }
    var exceeded: [String] = []
    for (slug, requests) in Self.counted {
      let count = try Self.count(slug, requests: requests, program: program.path)
      let recorded = instructionsPerRequest[slug]
      say(
        "\(slug): \(count) instructions per request, \(recorded.map(String.init) ?? "none") on record"
      )
      if let recorded, Double(count) > Double(recorded) * (1 + tolerance) { exceeded.append(slug) }
      instructionsPerRequest[slug] = count
    }
    return exceeded
  }
}
