import DeviceModels
import FleetEngine
import Quantities
import TestSupport
import Testing

@testable import Policies

/// An iteration takes 10 ms and draws 1 J, and 0.01 J for each row.
private let device = AffineIterationModel(
  ticks: ShapeWeights(constant: SimDuration(rounding: 0.01).ticks),
  quanta: ShapeWeights(
    constant: Energy(rounding: 1).quanta, perDecodeRow: Energy(rounding: 0.01).quanta))

@Suite struct ProjectedWorkTests {
  private let projection = Projection(pooledFleet([([0], device)]), replica: 0)

  /// 101 tokens, of which the first comes with the prompt.
  private var work: ProjectedWork {
    var prospect = Prospect()
    (prospect.outputTokens, prospect.longestOutputTokens) = (101, 101)
    return ProjectedWork(request(promptTokens: 1), prospect, samples: 1)
  }

  private func marginal(load: Int, beside: Double, rate: Double = 0) -> Double {
    projection.joules(work, load: load, rowsBeside: beside, rate: rate).marginal
  }

  @Test func `who is alone bears whole iterations, who joins others what he adds`() {
    // A prompt of 1 J and a hundred iterations of 1.01 J; a hundred rows of 0.01 J.
    #expect(abs(marginal(load: 0, beside: 0) - 102) < 1e-6)
    #expect(abs(marginal(load: 30, beside: 30) - 1) < 1e-6)
    // Two rows on the average are gone for a share exp(-2) = 0.1353 of the time.
    #expect(abs(marginal(load: 2, beside: 2) - (0.8647 * 1 + 0.1353 * 102)) < 0.01)
  }

  @Test func `who begins iterations bears his part of what a stream draws that may follow`() {
    // 20 requests a second of 100 iterations of 10 ms would be 20 rows. The mean of
    // 1 / max(1, 20 u) over u from 0 to 1 is summed here.
    let steps = 100_000
    var mean = 0.0
    for step in 0..<steps {
      let rows: Double = 20 * (Double(step) + 0.5) / Double(steps)
      mean += 1 / max(1, rows) / Double(steps)
    }
    let rows = (1 / mean).rounded(.down)
    let expected = 1 + 100 * (1 / rows + 0.01)
    #expect(abs(marginal(load: 0, beside: 0, rate: 20) - expected) < 1e-6)
    // Half a row would run: nobody keeps it company.
    #expect(abs(marginal(load: 0, beside: 0, rate: 0.5) - 102) < 1e-6)
  }

  @Test func `the account shows iterations shared by all rows`() {
    let joules = projection.joules(work, load: 9, rowsBeside: 1e3, rate: 0).attributed
    #expect(abs(joules - (1 + 100 * (1.1 / 10))) < 1e-6)
  }

  @Test func `rows that are soon gone are little company for a long one`() {
    var load = RouterLoad(replicaCount: 2)
    for _ in 0..<5 { load.began(1, samples: 1, outputTokens: 4) }
    // Beside one as short all the time, beside 200 tokens for 20 of them.
    #expect(load.rowsBeside(1, load: 5, tokensPerSample: 4) == 5)
    #expect(load.rowsBeside(1, load: 5, tokensPerSample: 200) == 0.1)
    // Of seven rows two are others'.
    #expect(load.rowsBeside(1, load: 7, tokensPerSample: 200) == 2.1)
    #expect(load.rowsBeside(0, load: 0, tokensPerSample: 4) == 0)
    for _ in 0..<5 { load.ended(1, samples: 1, outputTokens: 4) }
    #expect(load.rowsBeside(1, load: 5, tokensPerSample: 200) == 5)
  }

  @Test func `the rate is that of the arrivals`() {
    var load = RouterLoad(replicaCount: 1)
    #expect(load.rate == 0)
    for step in 0..<50 {
      load.came(SimTime(ticks: SimDuration(rounding: 0.25).ticks * Int128(step)), memory: 1_000)
    }
    #expect(abs(load.rate - 4) < 1e-6)
    #expect(load.requestCount == 50)
  }

  @Test func `requests that all come at once come infinitely fast, and fill a batch`() {
    var load = RouterLoad(replicaCount: 1)
    load.came(.zero, memory: 1_000)
    #expect(load.rate == 0)
    load.came(.zero, memory: 1_000)
    #expect(load.rate == .infinity)
    // As many as ever: Little's law ends at the batch's rows.
    let full = marginal(load: 0, beside: 0, rate: load.rate)
    #expect(full == marginal(load: 0, beside: 0, rate: 1e12))
    #expect(full < marginal(load: 0, beside: 0, rate: 0))
    // The next to come is a second later: three in that time.
    load.came(SimTime(ticks: SimDuration(rounding: 1).ticks), memory: 1_000)
    #expect(abs(load.rate - 2) < 1e-9)
  }
}

@Suite struct JouleRecordTests {
  private let memory = RouterMemory(
    requests: 100, priorRequests: 10, steadyingRequests: 1, firstWorth: 0.1, mostBudgets: 50)

  @Test func `a projection that is wrong by a known factor is corrected by it`() {
    var record = JouleRecord(armCount: 2, memory: memory)
    #expect(record.ratio(task: 3, arm: 1) == 1)
    for count in 1...400 {
      record.began(UInt64(count), projected: 5 + Double(count % 3))
      record.ended(UInt64(count), task: 3, arm: 1, joules: 3 * (5 + Double(count % 3)))
    }
    // Ten requests as projected beside a hundred of three times as much.
    #expect(abs(record.ratio(task: 3, arm: 1) - (10.0 + 3 * 100) / 110) < 0.01)
    #expect(record.ratio(task: 3, arm: 0) == 1)
    #expect(record.ratio(task: 2, arm: 1) == 1)
  }

  @Test func `what is long ago is forgotten`() {
    var record = JouleRecord(armCount: 1, memory: memory)
    for measured in [50.0, 20] {
      for request in 0..<2_000 as Range<UInt64> {
        record.began(request, projected: 10)
        record.ended(request, task: 0, arm: 0, joules: measured)
      }
    }
    #expect(abs(record.ratio(task: 0, arm: 0) - (10.0 + 2 * 100) / 110) < 1e-6)
  }

  @Test func `a projection is set beside what the same request drew, once it has`() {
    var record = JouleRecord(armCount: 1, memory: memory)
    // Requests are projected to draw ever more, and each draws that; those of late are under way.
    for request in 0..<60 as Range<UInt64> {
      record.began(request, projected: Double(1 + request))
    }
    for request in 0..<30 as Range<UInt64> {
      record.ended(request, task: 0, arm: 0, joules: Double(1 + request))
    }
    #expect(abs(record.ratio(task: 0, arm: 0) - 1) < 1e-12)
    // What did not complete says nothing, and neither does what nobody sent.
    record.ended(40, task: 0, arm: 0, joules: nil)
    record.ended(40, task: 0, arm: 0, joules: 1e6)
    record.ended(99, task: 0, arm: 0, joules: 1e6)
    #expect(abs(record.ratio(task: 0, arm: 0) - 1) < 1e-12)
  }
}
