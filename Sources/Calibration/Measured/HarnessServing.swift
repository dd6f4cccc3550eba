internal import Foundation
internal import Scenarios

/// Serving runs that the harness logged: limits, requests, iterations and the energy counter.
struct HarnessServing {
  struct Limits: Decodable {
    let model: String
    let batchRows: Int
    let iterationTokens: Int
    let tokensPerBlock: Int
    let blocks: Int
    let sequenceTokens: Int

    enum CodingKeys: String, CodingKey {
      case model
      case batchRows = "batch_rows"
      case iterationTokens = "iteration_tokens"
      case tokensPerBlock = "tokens_per_block"
      case blocks = "kv_blocks"
      case sequenceTokens = "sequence_tokens"
    }
  }

  /// Instants in seconds of the log's own clock.
  struct Request {
    let arrival, firstToken, end: Double
    let promptTokens, outputTokens: Int
  }

  struct Iteration {
    let seconds: Double
    let decodeRows, decodeContextTokens: Int
    let prefillChunks, prefillTokens, prefillPairs: Int
  }

  let name: String
  let limits: Limits
  private(set) var requests: [Request] = []
  private(set) var iterations: [Iteration] = []
  /// Instants and joules of the counter.
  private(set) var energy: [(time: Double, joules: Double)] = []

  private struct Conditions: Decodable {
    let serving: [String: Limits]
  }

  /// The runs of a folder in order of their names; none where nothing was served.
  static func runs(in folder: URL) throws -> [HarnessServing] {
    let conditions = folder.appending(path: "conditions.json")
    guard let data = try? Data(contentsOf: conditions) else { return [] }
    let serving: [String: Limits]
    do {
      serving = try JSONDecoder().decode(Conditions.self, from: data).serving
    } catch {
      throw InputError(
        file: conditions.path, problem: "the limits of its serving runs cannot be read",
        expectation: "conditions.json as calibration/collect writes it")
    }
    return try serving.sorted { $0.key < $1.key }.map {
      var run = HarnessServing(name: $0.key, limits: $0.value)
      try run.readRequests(folder)
      try run.readIterations(folder)
      try run.readEnergy(folder)
      return run
    }
  }

  private init(name: String, limits: Limits) {
    self.name = name
    self.limits = limits
  }

  /// Calls `body` with a reader of numbers by column for each row of this run.
  private func forEachRow(
    _ folder: URL, _ table: String, _ body: ((String) throws -> Double) throws -> Void
  ) throws {
    let url = folder.appending(path: "\(table).csv")
    try LogCSV.forEachRow(of: url, file: url.path) { header, row in
      guard row.text(header.column("scenario")) == name else { return }
      try body { column in
        guard let value = try row.number(header.column(column)) else {
          throw row.place.error("\(column) is missing", expected: "a number")
        }
        return value
      }
    }
  }

  private mutating func readRequests(_ folder: URL) throws {
    var requests: [Request] = []
    try forEachRow(folder, "serving_requests") { number in
      requests.append(
        Request(
          arrival: try number("arrival_s"), firstToken: try number("first_token_s"),
          end: try number("end_s"), promptTokens: Int(try number("prompt_tokens")),
          outputTokens: Int(try number("output_tokens"))))
    }
    self.requests = requests.sorted { $0.arrival < $1.arrival }
  }

  private mutating func readIterations(_ folder: URL) throws {
    var iterations: [Iteration] = []
    try forEachRow(folder, "serving_iterations") { number in
      iterations.append(
        Iteration(
          seconds: try number("duration_s"), decodeRows: Int(try number("decode_rows")),
          decodeContextTokens: Int(try number("decode_context_tokens")),
          prefillChunks: Int(try number("prefill_chunks")),
          prefillTokens: Int(try number("prefill_tokens")),
          prefillPairs: Int(try number("prefill_attention_pairs"))))
    }
    self.iterations = iterations
  }

  private mutating func readEnergy(_ folder: URL) throws {
    var energy: [(time: Double, joules: Double)] = []
    try forEachRow(folder, "serving_energy") { number in
      energy.append((try number("time_s"), try number("energy_j")))
    }
    self.energy = energy
  }

  /// The counter between two instants, straight between its readings, J; nil where it does not
  /// cover them.
  func joules(from start: Double, to end: Double) -> Double? {
    func value(_ time: Double) -> Double? {
      guard let next = energy.firstIndex(where: { $0.time >= time }) else { return nil }
      guard next > 0 else { return energy[0].time == time ? energy[0].joules : nil }
      let (a, b) = (energy[next - 1], energy[next])
      return a.joules + (time - a.time) / (b.time - a.time) * (b.joules - a.joules)
    }
    guard let first = value(start), let last = value(end) else { return nil }
    return last - first
  }
}
