internal import Quantities

/// What a router has put on the fleet, and how fast requests come to it.
struct RouterLoad: Sendable {
  /// Rows and expected output tokens of its own requests in flight, by replica.
  private var rows: [Int]
  private var tokens: [Double]
  private var last: SimTime?
  private var gap = RunningMean()
  /// Requests that have come.
  private(set) var requestCount = 0

  init(replicaCount: Int) {
    rows = Array(repeating: 0, count: replicaCount)
    tokens = Array(repeating: 0, count: replicaCount)
  }

  mutating func came(_ arrival: SimTime, memory: Double) {
    requestCount += 1
    if let last { gap.add((arrival - last).seconds, memory: memory) }
    last = arrival
  }

  mutating func began(_ replica: Int, samples: Int, outputTokens: Double) {
    rows[replica] += samples
    tokens[replica] += outputTokens
  }

  mutating func ended(_ replica: Int, samples: Int, outputTokens: Double) {
    rows[replica] = max(0, rows[replica] - samples)
    // What was given up had fewer tokens than were expected: with the last row all of them go.
    tokens[replica] = rows[replica] == 0 ? 0 : max(0, tokens[replica] - outputTokens)
  }

  /// Requests a second; 0 where too few have come to say, infinite where all came at once.
  var rate: Double { gap.count > 0 ? 1 / gap.value : 0 }

  /// Mean rows beside a sample of so many tokens, on a replica that has `load` now. The router's
  /// own are there as long as their tokens last, those of others for all the time.
  func rowsBeside(_ replica: Int, load: Int, tokensPerSample: Double) -> Double {
    let own = min(Double(min(rows[replica], load)), tokens[replica] / max(1, tokensPerSample))
    return own + Double(max(0, load - rows[replica]))
  }
}
