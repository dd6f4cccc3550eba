import DeviceModels
import Scenarios
import Testing

@Suite struct ExtrapolationTests {
  private func replica(
    _ gpu: String, _ model: String, _ degree: Int = 1
  ) throws -> RooflineReplicaModel {
    try Shipped.catalog().replicaModel(gpu: gpu, model: model, tensorParallel: degree)
  }

  @Test func `a run inside the calibrated ranges has nothing to report`() throws {
    let replica = try replica("h100-sxm", "llama-3.1-8b")
    #expect(replica.standingExtrapolations == [])
    let inside = ShapeExtent(decodeRows: 8, contextTokens: 8000, promptTokens: 150)
    #expect(replica.extrapolations(upTo: inside) == [])
    let nothing = ShapeExtent(decodeRows: 0, contextTokens: 0, promptTokens: 0)
    #expect(replica.extrapolations(upTo: nothing) == [])
  }

  @Test func `what is left is said with both ends, for engine and power apart`() throws {
    let replica = try replica("h100-sxm", "llama-3.1-8b")
    let outside = ShapeExtent(decodeRows: 1020, contextTokens: 8618, promptTokens: 149)
    #expect(
      replica.extrapolations(upTo: outside) == [
        "llama-3.1-8b on h100-sxm: largest batch 1020, engine fitted on 8 to 1019",
        "llama-3.1-8b on h100-sxm: longest context 8618, power fitted on 150 to 8617",
        """
        llama-3.1-8b on h100-sxm: longest prompt 149, engine fitted on 150 to 250, \
        power fitted on 150 to 250
        """,
      ])
  }

  @Test func `batches smaller than any measured one are outside too`() throws {
    let replica = try replica("h100-sxm", "llama-3.1-8b")
    let small = ShapeExtent(decodeRows: 7, contextTokens: 200, promptTokens: 200)
    #expect(
      replica.extrapolations(upTo: small) == [
        """
        llama-3.1-8b on h100-sxm: largest batch 7, engine fitted on 8 to 1019, \
        power fitted on 8 to 1476
        """
      ])
  }

  @Test func `an engine fitted on one small model says so under a large one`() throws {
    #expect(
      try replica("a100-sxm-80gb", "llama-3.1-70b", 4).standingExtrapolations == [
        "llama-3.1-70b on a100-sxm-80gb: engine borrowed from a100-pcie-40gb",
        "llama-3.1-70b on a100-sxm-80gb: power borrowed from a100-sxm-40gb",
        """
        llama-3.1-70b on a100-sxm-80gb: model parameters 70.6 billion, \
        engine fitted on 1.5 billion
        """,
        "llama-3.1-70b on a100-sxm-80gb: tensor parallel degree 4, engine fitted on 1",
      ])
  }

  @Test func `a GPU that never served in a measurement always says so`() throws {
    #expect(
      try replica("h200-sxm", "qwen2.5-32b").standingExtrapolations == [
        "qwen2.5-32b on h200-sxm: engine borrowed from h100-sxm",
        "qwen2.5-32b on h200-sxm: power was fitted on single kernels, on no served model",
      ])
  }

  @Test func `narrow traffic says so where another GPU told how alike it is`() throws {
    let catalog = try Shipped.catalog()
    let words = "how alike narrow traffic chooses experts was measured on h100-sxm"
    func says(_ gpu: String, _ model: String, _ traffic: ExpertTraffic) throws -> Bool {
      let replica = try RooflineReplicaModel(
        gpu: catalog.gpu(named: gpu), model: catalog.model(named: model),
        layout: ReplicaLayout(expertTraffic: traffic), parameters: catalog.parameters(gpu: gpu))
      return replica.standingExtrapolations.contains("\(model) on \(gpu): \(words)")
    }
    #expect(try says("b200-sxm", "qwen3-30b-a3b", .narrow))
    #expect(try !says("b200-sxm", "qwen3-30b-a3b", .mixed))
    #expect(try !says("b200-sxm", "qwen3-14b", .narrow))
    #expect(try !says("h100-sxm", "qwen3-30b-a3b", .narrow))
    // All of its engine is the H100's, which is said already.
    #expect(try !says("h200-sxm", "qwen3-30b-a3b", .narrow))
  }

  @Test func `kernels without a table say so`() throws {
    #expect(
      try replica("l40s", "qwen2.5-1.5b").standingExtrapolations.contains(
        "qwen2.5-1.5b on l40s: kernels are rooflines, no table of this GPU's exists"))
    let experts = try replica("h100-sxm", "gpt-oss-20b").standingExtrapolations
    #expect(
      experts.contains(
        """
        gpt-oss-20b on h100-sxm: mxfp4 experts count by their bytes, no table of their kernels \
        exists
        """))
    #expect(
      try !replica("h100-sxm", "qwen3-30b-a3b").standingExtrapolations.description
        .contains("kernels"))
  }

  @Test func `a node names the server that it was fitted on, except on its own GPUs`() throws {
    let node = try Shipped.catalog().node(named: "hgx-8")
    #expect(node.extrapolation(to: ["h200-sxm"]) == nil)
    #expect(
      node.extrapolation(to: ["l40s", "h200-sxm", "b200-sxm", "l40s"]) == """
        node hgx-8 on b200-sxm, l40s: fitted on one server of 8 h200-sxm, where it is off by \
        4.7 % in the mean
        """)
  }
}
