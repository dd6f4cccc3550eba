import Foundation
import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

/// Queries at given seconds, with their position as prompt length.
struct ListedSource: QuerySource {
  var seconds: ArraySlice<Double>
  var id: UInt64 = 0

  mutating func next() -> Query? {
    guard let second = seconds.popFirst() else { return nil }
    defer { id += 1 }
    return Query(
      id: id, arrival: SimTime(rounding: second), task: 0, promptTokens: Int(id) + 1)
  }
}

struct TraceDescriptionTests {
  @Test func `rate, gaps and bursts of a small stream are those by hand`() throws {
    var source = ListedSource(seconds: [10, 10.5, 10.9, 13, 71])
    let description = try TraceDescription(of: &source)
    #expect(description.queryCount == 5 && description.spanSeconds == 61)
    #expect(description.rate == 4.0 / 61)
    let gaps = [0.5, 0.4, 2.1, 58.0]  // of mean 15.25
    let variance = gaps.reduce(0) { $0 + ($1 - 15.25) * ($1 - 15.25) } / 3
    let cv = try #require(description.gapCoefficientOfVariation)
    #expect(abs(cv - variance.squareRoot() / 15.25) < 1e-12)
    #expect(description.bursts.map(\.peakCount) == [3, 4])
    #expect(description.bursts.map(\.windowCount) == [62, 2])
    #expect(description.bursts[1].meanCount == 2.5 && description.bursts[1].peakToMean == 1.6)
    #expect(description.promptTokens.mean == 3 && description.promptTokens.quantile(0.5) == 3)
    #expect(description.outputTokens.count == 0)
  }

  @Test func `a stream of one query or none has no rate`() throws {
    var none = ListedSource(seconds: [])
    var one = ListedSource(seconds: [3])
    for description in [try TraceDescription(of: &none), try TraceDescription(of: &one)] {
      #expect(description.rate == nil && description.gapCoefficientOfVariation == nil)
      #expect(description.spanSeconds == 0)
    }
  }

  /// What is true of a published file, found with awk and numpy.
  struct Facts: Sendable {
    var file: String
    var rows: Int
    var spanNanoseconds: Int64
    var sumOfArrivalNanoseconds: Int64
    var promptTokens: UInt128
    var outputTokens: UInt128
    /// p50, p90, p99 by nearest rank, and the maximum.
    var promptQuantiles: [Double]
    var outputQuantiles: [Double]
    var gapCV: Double
    var peakCounts: [Int]
    var peakToMean: [Double]
  }

  static let published = [
    Facts(
      file: "conv", rows: 19_366, spanNanoseconds: 3_501_721_937_000,
      sumOfArrivalNanoseconds: 33_473_340_385_407_000,
      promptTokens: 22_361_870, outputTokens: 4_088_665,
      promptQuantiles: [1020, 2735, 4142, 14_050], outputQuantiles: [129, 424, 601, 1000],
      gapCV: 1.0941982341639556, peakCounts: [16, 507],
      peakToMean: [2.8933181865124444, 1.5446142724362284]),
    Facts(
      file: "code", rows: 8_819, spanNanoseconds: 3_435_948_056_000,
      sumOfArrivalNanoseconds: 13_327_267_954_592_000,
      promptTokens: 18_059_974, outputTokens: 245_896,
      promptQuantiles: [1469, 5194, 7436, 7437], outputQuantiles: [13, 55, 252, 1899],
      gapCV: 13.152036744949925, peakCounts: [67, 632],
      peakToMean: [26.104093434629775, 4.156480326567638]),
  ]

  @Test(.enabled(if: SharedData.isPresent, "needs the published traces"), arguments: published)
  func `the published Azure traces are read to the last token`(facts: Facts) throws {
    let url = SharedData.url("traces/azure-llm-2023/AzureLLMInferenceTrace_\(facts.file).csv")
    let bytes = ByteArraySource(try Data(contentsOf: url), pieceSize: 4096)
    var reader = TraceSource(CSVTraceReader(bytes, columns: .azure), seed: 1)
    var description = TraceDescription()
    var sumOfArrivals: Int64 = 0
    var last = SimTime.zero
    while let query = try reader.next() {
      description.record(query)
      sumOfArrivals += query.arrival.nanoseconds
      last = query.arrival
    }
    #expect(description.queryCount == facts.rows)
    #expect(last == SimTime(nanoseconds: facts.spanNanoseconds))
    #expect(sumOfArrivals == facts.sumOfArrivalNanoseconds)
    #expect(description.promptTokens.total == facts.promptTokens)
    #expect(description.outputTokens.total == facts.outputTokens)
    expectQuantiles(description.promptTokens, facts.promptQuantiles)
    expectQuantiles(description.outputTokens, facts.outputQuantiles)
    let cv = try #require(description.gapCoefficientOfVariation)
    #expect(abs(cv / facts.gapCV - 1) < 1e-9)
    #expect(description.bursts.map(\.peakCount) == facts.peakCounts)
    for (burst, expected) in zip(description.bursts, facts.peakToMean) {
      #expect(abs((burst.peakToMean ?? 0) / expected - 1) < 1e-12)
    }
  }

  private func expectQuantiles(_ sketch: QuantileSketch, _ expected: [Double]) {
    for (fraction, value) in zip([0.5, 0.9, 0.99, 1], expected) {
      #expect(abs((sketch.quantile(fraction) ?? 0) - value) <= value / 2000)
    }
  }
}
