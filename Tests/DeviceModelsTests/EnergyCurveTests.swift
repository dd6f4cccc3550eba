import DeviceModels
import Scenarios
import Testing

/// How joules per token move with batch, context and prompt: what the field measures everywhere.
@Suite struct EnergyCurveTests {
  private static let replicas = Result {
    let catalog = try Shipped.catalog()
    return try [
      catalog.replicaModel(gpu: "h100-sxm", model: "llama-3.1-8b"),
      catalog.replicaModel(gpu: "b200-sxm", model: "qwen3-14b"),
      catalog.replicaModel(gpu: "a100-sxm-80gb", model: "qwen2.5-7b"),
      catalog.replicaModel(gpu: "l40s", model: "qwen2.5-1.5b"),
    ]
  }

  private func joules(
    _ replica: RooflineReplicaModel, rows: Int, context: Int
  ) -> Double {
    replica.estimate(IterationShape(decodeRows: rows, decodeContextTokens: rows * context))
      .joules / Double(rows)
  }

  @Test func `energy per output token falls with batch`() throws {
    for replica in try Self.replicas.get() {
      let curve = [1, 2, 4, 8, 16, 32, 64, 128].map { joules(replica, rows: $0, context: 500) }
      #expect(curve == curve.sorted(by: >), "\(replica.gpu.name)")
      // A full batch costs a third to a fifth of a small one, and less against a single request.
      #expect(curve[0] / curve[7] > 5, "\(replica.gpu.name)")
    }
  }

  @Test func `energy per output token rises with context`() throws {
    for replica in try Self.replicas.get() {
      let curve = [200, 1000, 4000, 16_000].map { joules(replica, rows: 16, context: $0) }
      #expect(curve == curve.sorted(), "\(replica.gpu.name)")
    }
  }

  /// ML.ENERGY v3, Qwen3-8B on H100, batch 16: 1.56 times the energy per token in traces of 7,861
  /// tokens over chat's 660.
  @Test func `long traces cost half as much again a token as short ones`() throws {
    let replica = try Shipped.catalog().replicaModel(gpu: "h100-sxm", model: "qwen3-8b")
    let ratio =
      joules(replica, rows: 16, context: 250 + 7861 / 2)
      / joules(replica, rows: 16, context: 150 + 330)
    #expect(ratio > 1.3 && ratio < 1.8, "\(ratio)")
  }

  @Test func `energy per input token falls, then rises with the prompt's length`() throws {
    for replica in try Self.replicas.get() {
      let lengths = (5...17).map { 1 << $0 }
      let curve = lengths.map { length in
        let shape = IterationShape(
          prefillTokens: length, prefillChunks: 1,
          prefillAttentionPairs: length * (length + 1) / 2)
        return replica.estimate(shape).joules / Double(length)
      }
      let least = try #require(curve.indices.min { curve[$0] < curve[$1] })
      #expect(least > 2 && least < lengths.count - 2, "\(replica.gpu.name) \(lengths[least])")
      #expect(curve[0] > 2 * curve[least] && curve[curve.count - 1] > 1.1 * curve[least])
    }
  }
}
