import Foundation
import NumericalMethods
import Quantities
import Scenarios
import TestSupport
import Testing
import Workloads

/// Published traces, against the figures that stand beside them and counts by other programs.
@Suite(.enabled(if: SharedData.isPresent, "needs the published traces"))
struct PublishedTraceTests {
  private func description(
    _ path: String, _ change: (inout TraceSpecification) -> Void = { _ in }
  ) throws -> (TraceDescription, TraceTally) {
    var specification = TraceSpecification(path: SharedData.url("traces/\(path)").path)
    change(&specification)
    var source = try TraceInput(specification).makeSource(seed: 1, allowsMissingArrivals: true)
    let description = try TraceDescription(of: &source)
    return (description, try #require(source.tally))
  }

  @Test(
    arguments: [
      ("conversation", 12_031, 144_793_823, 4_122_048, 3_536.999, 3.03),
      ("synthetic", 3_993, 61_194_628, 595_432, 1_022.025, 1.01),
    ] as [(String, Int, Int, Int, Double, Double)])
  func `Mooncake's traces have their rows, tokens and times`(
    name: String, rows: Int, prompts: Int, outputs: Int, span: Double, cv: Double
  ) throws {
    let (trace, tally) = try description("mooncake-fast25/\(name)_trace.jsonl.gz")
    #expect(trace.queryCount == rows && tally.queries == rows)
    #expect(Int(trace.promptTokens.total) == prompts)
    #expect(Int(trace.outputTokens.total) == outputs)
    #expect(abs(trace.spanSeconds - span) < 1e-9)
    #expect(abs((trace.gapCoefficientOfVariation ?? 0) - cv) < 0.005)
  }

  @Test(
    arguments: [
      ("conversation", 288_500, 182_790, 36.6), ("synthetic", 121_877, 43_924, 64.0),
    ] as [(String, Int, Int, Double)])
  func `as many of Mooncake's blocks are hit as is published`(
    name: String, blocks: Int, unique: Int, percent: Double
  ) throws {
    let path = SharedData.url("traces/mooncake-fast25/\(name)_trace.jsonl.gz").path
    let reader = MooncakeTraceReader(try FileByteSource(path: path), keepsPartialBlocks: true)
    var source = TraceSource(reader, seed: 1)
    let prefixes = try TraceDescription(of: &source).prefixes
    #expect(prefixes.blockCount == blocks && prefixes.uniqueCount == unique)
    let hit = 100 * Double(prefixes.hitCount) / Double(prefixes.blockCount)
    #expect(abs(hit - percent) < 0.05)
  }

  @Test func `spread over its 3 s ticks the conversation trace comes like a Poisson stream`() throws
  {
    let (plain, _) = try description("mooncake-fast25/conversation_trace.jsonl.gz")
    #expect(plain.clock.tick == SimDuration(rounding: 3))
    let (spread, tally) = try description("mooncake-fast25/conversation_trace.jsonl.gz") {
      $0.rules.spread = .detectedTick
    }
    #expect(abs((spread.gapCoefficientOfVariation ?? 0) - 1.01) < 0.02)
    #expect(tally.spread == 12_031 && spread.clock.tick == nil)
  }

  @Test func `the cut of BurstGPT has its one failed row`() throws {
    let (trace, tally) = try description("burstgpt-head30/BurstGPT_1.head30.csv")
    #expect(tally.rows == 30 && tally.withoutPrompt == 1 && trace.queryCount == 29)
    let (all, _) = try description("burstgpt-head30/BurstGPT_1.head30.csv") {
      $0.rules.zeroTokens = .one
    }
    #expect(all.queryCount == 30)
    #expect(all.promptTokens.total == trace.promptTokens.total + 1)
  }

  @Test func `the sampled agentic sessions have their tokens, and hit 95.5 % of their blocks`()
    throws
  {
    // Sums over the 60 sampled sessions of a table made from the originals by another program.
    let (trace, tally) = try description("kv-cache-tester-agentic/sample") {
      $0.rules.zeroTokens = .one
    }
    #expect(trace.sessions.count == 60 && tally.rows == 6_464 && tally.raisedToOneToken == 2)
    #expect(trace.promptTokens.total == 617_921_349)
    #expect(trace.outputTokens.total == 2_833_647 + 2)
    #expect(trace.prefixes.blockCount == 9_651_829 && trace.prefixes.hitCount == 9_216_930)
  }
}
