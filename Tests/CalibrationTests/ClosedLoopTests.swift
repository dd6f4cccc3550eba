import Testing

@testable import Calibration

/// Ages of tokens in a closed loop, against closed forms and a count slot by slot.
@Suite struct ClosedLoopTests {
  /// Lengths spread evenly from 0 to 400 tokens: mean 200, mean square 400²/3.
  static func even(_ requests: Double) throws -> OutputLengths {
    try #require(OutputLengths(edges: [0, 100, 400], counts: [requests / 4, requests * 3 / 4]))
  }

  @Test func `moments of a histogram are those of its even bins`() throws {
    let lengths = try Self.even(1000)
    #expect(abs(lengths.mean - 200) < 1e-9)
    #expect(abs(lengths.meanSquare - 400.0 * 400 / 3) < 1e-6)
    let shares = lengths.shares(notLongerThan: [0, 50, 100, 300, 400, 500])
    for (share, expected) in zip(shares, [0, 0.125, 0.25, 0.75, 1, 1]) {
      #expect(abs(share - expected) < 1e-12)
    }
  }

  @Test func `histograms that are none are refused`() {
    #expect(OutputLengths(edges: [0, 10], counts: [1, 2]) == nil)
    #expect(OutputLengths(edges: [0, 10, 10], counts: [1, 2]) == nil)
    #expect(OutputLengths(edges: [0, 10, 20], counts: [0, 0]) == nil)
    #expect(OutputLengths(edges: [0, 10, 20], counts: [1, -1]) == nil)
  }

  @Test func `outputs of one length are half done on average`() throws {
    let lengths = try #require(OutputLengths(edges: [199.9, 200.1], counts: [500]))
    let loop = try #require(ClosedLoop(lengths, inFlight: 100))
    // Four turns of 32 steps, and half a step for the rounding of lengths.
    #expect(abs(loop.meanAge / 100 - 1) < 0.005)
    #expect(abs(loop.promptsPerIteration / 0.5 - 1) < 0.005)
    #expect(loop.requestCount == 500)
    #expect(loop.lengthVariation < 1e-3)
  }

  @Test func `in the long run long outputs fill more of the slots' time`() throws {
    let loop = try #require(ClosedLoop(Self.even(20_000), inFlight: 10))
    #expect(abs(loop.meanAge / (400.0 / 3) - 1) < 0.002)
    #expect(abs(loop.promptsPerIteration / (10 / 200.0) - 1) < 0.002)
    // Evenly from 0 to 2m: variance m²/3.
    #expect(abs(loop.lengthVariation - (1.0 / 3).squareRoot()) < 1e-9)
  }

  /// Slot by slot: lengths at even quantiles in a scrambled order.
  @Test(arguments: [2000, 500, 150])
  func `a short run is as old as its slots counted one by one`(slots: Int) throws {
    let requests = 2600
    let loop = try #require(ClosedLoop(Self.even(Double(requests)), inFlight: Double(slots)))
    // 977 has no divisor in common with the number of requests: every quantile comes once.
    let lengths = (0..<requests).map { request in
      400 * (Double(request * 977 % requests) + 0.5) / Double(requests)
    }
    var starts = [Double](repeating: 0, count: slots)
    var ends = Array(lengths.prefix(slots))
    var spans = (0..<slots).map { (start: starts[$0], length: lengths[$0]) }
    var window = 0.0
    for request in slots..<requests {
      let slot = try #require(ends.indices.min { ends[$0] < ends[$1] })
      window = ends[slot]
      starts[slot] = window
      ends[slot] = window + lengths[request]
      spans.append((start: window, length: lengths[request]))
    }
    var (ages, time) = (0.0, 0.0)
    for span in spans {
      let seen = min(span.length, window - span.start)
      ages += seen * seen / 2
      time += seen
    }
    #expect(abs(loop.meanAge / (ages / time) - 1) < 0.02)
    let rate = Double(requests - slots) / window
    #expect(abs(loop.promptsPerIteration / rate - 1) < 0.02)
  }

  @Test func `requests that are all in flight at once make no loop`() throws {
    #expect(try ClosedLoop(Self.even(100), inFlight: 100) == nil)
  }

  @Test func `fewer rows than slots take fewer prompts at the same age`() throws {
    let loop = try #require(ClosedLoop(Self.even(1000), inFlight: 100))
    let fewer = loop.scaled(by: 0.5)
    #expect(fewer.meanAge == loop.meanAge)
    #expect(fewer.promptsPerIteration == loop.promptsPerIteration / 2)
  }
}
