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

/// With iterations of constant length and outputs of geometric length the rows of a batch are the
/// servers of a queue whose mean wait is known.
struct MultiServerQueueTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var queue: MultiServerQueue
    var seed: UInt64

    var testDescription: String {
      "\(queue.servers) rows, \(queue.arrivalsPerStep) arrivals an iteration, seed \(seed)"
    }
  }

  static let cases = [
    Case(queue: MultiServerQueue(servers: 2, load: 0.7, endProbability: 0.1), seed: 1),
    Case(queue: MultiServerQueue(servers: 4, load: 0.75, endProbability: 0.05), seed: 2),
    Case(queue: MultiServerQueue(servers: 8, load: 0.8, endProbability: 0.1), seed: 3),
  ]

  private static let requests: UInt64 = 40_000
  private static let step = SimDuration(nanoseconds: 1_000_000)

  @Test(arguments: cases)
  func `mean waiting at a row limit is that of as many servers in step`(_ subject: Case) throws {
    let queue = subject.queue
    let arrivals = RandomStream(seed: subject.seed, purpose: "test arrivals")
    let lengths = RandomStream(seed: subject.seed, purpose: "test lengths")
    let meanGap = Double(Self.step.ticks) / queue.arrivalsPerStep
    var now = 0.0
    let queries = (0..<Self.requests).map { id in
      now -= log(arrivals.uniform(id: id)) * meanGap
      return Query(id: id, arrival: SimTime(ticks: Int128(now)), task: 0, promptTokens: 1)
    }
    let outputs = queries.map {
      1 + Int(log(lengths.uniform(id: $0.id)) / log(1 - queue.endProbability))
    }
    let run = try serve(
      queries,
      on: .single(
        ConstantIterationModel(duration: Self.step), limits: .roomy(rows: queue.servers)),
      answers: FixedAnswers(outputTokens: outputs))
    let waits = run.records.sorted { $0.id < $1.id }
      .map { Double($0.queueingDelay.ticks) / Double(Self.step.ticks) }
    #expect(abs(BatchMeans.zScore(waits, expected: queue.meanWait)) < 4)
    // Each request computes one token an iteration once it is scheduled.
    let services = run.records.sorted { $0.id < $1.id }.map { ($0.end - $0.firstScheduled).ticks }
    #expect(services == outputs.map { Int128($0) * Self.step.ticks })
    // A law that is three fifths longer would be noticed.
    #expect(abs(BatchMeans.zScore(waits, expected: 1.6 * queue.meanWait)) > 4)
  }

  @Test(arguments: [0.01, 0.1, 0.5])
  func `one server in step is the single server of Pollaczek and Khinchine`(probability: Double) {
    let queue = MultiServerQueue(servers: 1, load: 0.6, endProbability: probability)
    // E[S²] of a geometric service.
    let secondMoment = (2 - probability) / (probability * probability)
    let expected = queue.arrivalsPerStep * secondMoment / (2 * (1 - 0.6))
    #expect(abs(queue.meanWait / expected - 1) < 1e-9)
  }

  /// Counted in steps, waits grow as steps become short, and what sets the queue apart from M/M/c
  /// does not: half a step until the next one starts, and the geometric law's smaller variance.
  @Test(arguments: [(2, 0.7), (4, 0.75), (8, 0.8)])
  func `as steps become short the queue becomes M/M/c`(servers: Int, load: Double) {
    func compare(_ probability: Double) -> (excess: Double, erlang: Double) {
      let queue = MultiServerQueue(servers: servers, load: load, endProbability: probability)
      return (queue.meanWait - queue.erlangMeanWait, queue.erlangMeanWait)
    }
    let (long, short) = (compare(0.01), compare(0.001))
    #expect(abs(long.excess) < 0.5)
    #expect(abs(long.excess - short.excess) < 0.01)
    #expect(abs(short.excess / short.erlang) < 0.002)
  }
}
