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
  static let counted = [("fleet-64", 10_000), ("light", 2000), ("vote-8", 2000)]

  static func load(_ url: URL) throws -> Self {
    try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }

  func save(_ url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: url)
  }

  /// Instructions that one more request of a case takes.
  static func count(_ slug: String, requests: Int) throws -> Int {
    let few = try instructions(slug, requests: requests)
    let many = try instructions(slug, requests: 3 * requests)
    return (many - few) / (2 * requests)
  }

  private static func instructions(_ slug: String, requests: Int) throws -> Int {
    let arguments = [
      "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
      try ChildProcess.ownPath(), "--measure", slug, "--requests", String(requests),
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
    var exceeded: [String] = []
    for (slug, requests) in Self.counted {
      let count = try Self.count(slug, requests: requests)
      let recorded = instructionsPerRequest[slug]
      print(
        "\(slug): \(count) instructions per request, \(recorded.map(String.init) ?? "none") on record"
      )
      if let recorded, Double(count) > Double(recorded) * (1 + tolerance) { exceeded.append(slug) }
      instructionsPerRequest[slug] = count
    }
    return exceeded
  }
}
