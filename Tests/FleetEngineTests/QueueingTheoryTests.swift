import DeviceModels
import FleetEngine
import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// With one row in the batch a replica is a single server: queueing theory knows its waits.
struct QueueingTheoryTests {
  /// Poisson arrivals, one of several output lengths each: an M/G/1 queue.
  struct SingleServer: CustomTestStringConvertible, Sendable {
    var load: Double
    /// Output lengths and their probabilities.
    var lengths: [(tokens: Int, probability: Double)]
    var seed: UInt64

    var testDescription: String {
      "load \(load), outputs \(lengths.map(\.tokens)), seed \(seed)"
    }

    static let promptTokens = 20
    static let device = AffineIterationModel(
      ticks: ShapeWeights(
        constant: 2_000_000, perDecodeRow: 300_000, perContextToken: 20_000,
        perPrefillToken: 100_000, perChunk: 50_000, perAttentionPair: 1_000))

    /// Service time in ticks of a request of `output` tokens, by the device's formula.
    static func service(_ output: Int) -> Double {
      let weights = device.ticks
      let (p, n) = (Int128(promptTokens), Int128(output))
      let prefill =
        weights.constant + weights.perPrefillToken * p + weights.perChunk
        + weights.perAttentionPair * p * (p + 1) / 2
      let decode =
        (n - 1) * (weights.constant + weights.perDecodeRow)
        + weights.perContextToken * ((n - 1) * p + n * (n - 1) / 2)
      return Double(prefill + decode)
    }

    /// E[Sᵏ] of the service time S.
    func moment(_ power: Int) -> Double {
      lengths.reduce(0) { sum, length in
        sum + length.probability * pow(Self.service(length.tokens), Double(power))
      }
    }

    /// Arrivals per tick.
    var rate: Double { load / moment(1) }
    /// Pollaczek–Khinchine: λ·E[S²] / (2·(1 - ρ)).
    var meanWait: Double { rate * moment(2) / (2 * (1 - load)) }

    /// Output length of each request.
    func outputs(_ requests: Int) -> [Int] {
      let stream = RandomStream(seed: seed, purpose: "test lengths")
      return (0..<UInt64(requests)).map { id in
        var left = stream.uniform(id: id)
        for length in lengths {
          left -= length.probability
          if left < 0 { return length.tokens }
        }
        return lengths[lengths.count - 1].tokens
      }
    }

    /// Poisson arrivals.
    func queries(_ requests: Int) -> [Query] {
      let stream = RandomStream(seed: seed, purpose: "test arrivals")
      let meanGap = 1 / rate
      var now = 0.0
      return (0..<UInt64(requests)).map { id in
        now -= log(stream.uniform(id: id)) * meanGap
        return Query(
          id: id, arrival: SimTime(ticks: Int128(now.rounded())), task: 0,
          promptTokens: Self.promptTokens)
      }
    }
  }

  static let servers = [
    SingleServer(load: 0.3, lengths: [(1, 0.5), (3, 0.5)], seed: 1),
    SingleServer(load: 0.6, lengths: [(1, 0.9), (10, 0.1)], seed: 2),
    SingleServer(load: 0.8, lengths: [(1, 0.4), (2, 0.4), (3, 0.2)], seed: 3),
    // All the same: an M/D/1 queue.
    SingleServer(load: 0.7, lengths: [(1, 1)], seed: 4),
  ]

  @Test(arguments: servers)
  func `mean waiting follows Pollaczek and Khinchine`(server: SingleServer) throws {
    let outputs = server.outputs(100_000)
    let run = try serve(
      server.queries(100_000), on: .single(SingleServer.device, limits: .roomy(rows: 1)),
      answers: FixedAnswers(outputTokens: outputs))
    // One server ends its requests in the order in which they came.
    let byID = run.records
    #expect(byID.map(\.id) == Array(0..<100_000))
    let waits = byID.map { Double($0.queueingDelay.ticks) }
    #expect(abs(BatchMeans.zScore(waits, expected: server.meanWait)) < 4)
    // Poisson arrivals see time averages: as many find the server idle as it idles.
    let idle = byID.map { $0.queueingDelay == .zero ? 1.0 : 0.0 }
    #expect(abs(BatchMeans.zScore(idle, expected: 1 - server.load)) < 4)
    checkWorkIsConserved(byID)
    let services = outputs.map(SingleServer.service)
    #expect(byID.map { Double(($0.end - $0.firstScheduled).ticks) } == services)
    #expect(Double(run.result.busyTime.ticks) == services.reduce(0, +))
  }

  /// Lindley's recursion: a request starts when it has come and the one before it has left.
  private func checkWorkIsConserved(_ records: [RequestRecord]) {
    var free = SimTime.zero
    var late = 0
    for record in records {
      if record.firstScheduled != max(record.arrival, free) { late += 1 }
      free = record.end
    }
    #expect(late == 0, "requests that did not start as soon as they could")
  }

  @Test func `requests that Poisson splitting sends to two replicas queue as two M/G/1`() throws {
    var server = SingleServer(load: 1.2, lengths: [(1, 0.5), (3, 0.5)], seed: 9)
    let run = try serve(
      server.queries(20_000),
      on: .single(SingleServer.device, limits: .roomy(rows: 1), replicas: 2),
      answers: FixedAnswers(outputTokens: server.outputs(20_000)), policy: CoinPolicy())
    server.load = 0.6
    for replica in 0..<2 {
      let waits = run.records.filter { $0.replica == replica }.sorted { $0.id < $1.id }
        .map { Double($0.queueingDelay.ticks) }
      #expect(abs(BatchMeans.zScore(waits, expected: server.meanWait)) < 4)
    }
  }
}

/// Throws a fair coin for each request.
private struct CoinPolicy: ServingPolicy {
  private let stream = RandomStream(seed: 5, purpose: "test coin")

  mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    .serve(arm: 0, replica: stream.uniform(id: request.id) < 0.5 ? 0 : 1)
  }
}
