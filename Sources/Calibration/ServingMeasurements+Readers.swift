internal import DeviceModels
internal import Foundation
internal import Scenarios

/// Readers of the published serving measurements, dense bfloat16 models of the catalog only.
struct ServingMeasurements {
  /// The folder that holds one folder per publication.
  let folder: URL
  let catalog: DeviceCatalog
  let settings: DeviceFitSettings

  /// A checkpoint's sheet: the title is its publisher's name. Llama 3.3 has the shape of 3.1.
  private func model(_ checkpoint: String) -> ModelSheet? {
    let title =
      checkpoint.replacing("Meta-Llama-3.1", with: "Llama-3.1")
      .replacing("Llama-3.3-70B", with: "Llama-3.1-70B")
    // Phi-3-small's block-sparse attention is not modelled.
    return catalog.models.first { $0.title == title }
      .flatMap { $0.experts == nil && $0.name != "phi-3-small" ? $0 : nil }
  }

  /// A mixture of experts by any name of its checkpoint. Llama 4's layers, which attend within
  /// chunks, ran without whole graphs: their engine is another.
  private func expertModel(_ checkpoint: String) -> ModelSheet? {
    for model in catalog.models
    where model.experts != nil && !settings.unmodelledServing.contains(model.name) {
      if model.title == checkpoint || model.aliases.contains(checkpoint) { return model }
      if model.fp8Aliases.contains(checkpoint) {
        var model = model
        model.weightFormat = .fp8
        return model
      }
    }
    return nil
  }

  private func promptTokens(_ name: String) throws -> Double {
    guard let tokens = settings.promptTokens[name] else {
      throw InputError(problem: "no prompt length is known for \(name)")
    }
    return tokens
  }

  /// ML.ENERGY benchmark v3, `flat.csv`; GPUs as it names them: `H100`, `B200`. Dense models, or
  /// mixtures of experts of one weight format; replicas with data-parallel attention are left out.
  func mlEnergyVersion3(
    gpu: String, experts: WeightFormat? = nil
  ) throws -> [ServingMeasurement] {
    let rows = try CSVRows(folder.appending(path: "mlenergy-v3/flat.csv"))
    let text = try ["task", "model", "architecture", "gpu_model"].map(rows.column)
    let number = try [
      "avg_batch_size", "avg_output_len", "output_throughput_tokens_per_sec", "median_itl_ms",
      "avg_power_watts", "num_gpus", "data_parallel", "expert_parallel",
      "max_num_seqs",
    ].map(rows.column)
    let lengths = try PublishedLengths(folder: folder.appending(path: "mlenergy-v3"))
    var result: [ServingMeasurement] = []
    var line = 1
    try rows.forEachRow { row in
      line += 1
      let (task, checkpoint) = (row.text(text[0]), row.text(text[1]))
      let value = number.map(row.number)
      let isDense = row.text(text[2]).hasPrefix("Dense")
      guard row.text(text[3]) == gpu, isDense == (experts == nil), value[6] == 1,
        let model = isDense ? model(checkpoint) : expertModel(checkpoint),
        isDense || model.weightFormat == experts
      else { return }
      var measurement = ServingMeasurement(
        set: "mlenergy-v3", task: task, concurrency: Int(value[8]), model: model,
        tensorParallelDegree: Int(value[5]),
        batchRows: value[0], promptTokens: try promptTokens(task), outputTokens: value[1],
        iterationSeconds: value[0] / value[2], medianInterTokenLatency: value[3] * 1e-3,
        wattsPerGPU: value[4] / value[5])
      measurement.distributesExperts = value[7] > 1
      measurement.isNarrow = settings.narrowTasks.contains(task)
      measurement.loop = try lengths.loop(
        PublishedLengths.Key(
          task: task, checkpoint: checkpoint, gpu: gpu, gpuCount: Int(value[5]),
          inFlight: Int(value[8]), watts: value[4]), file: rows.file, line: line
      )?.scaled(by: value[0] / value[8])
      measurement.isHostStarved = settings.hostStarvedRuns.contains(
        "\(gpu) \(task) \(checkpoint)")
      result.append(measurement)
    }
    return result
  }

  /// ML.ENERGY leaderboard v2, chat, one file per configuration; GPUs by their folder's name.
  func mlEnergyVersion2(gpuFolder: String) throws -> [ServingMeasurement] {
    let root = folder.appending(path: "mlenergy-v2/llm_text_generation/chat/\(gpuFolder)")
    let files =
      FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    guard !files.isEmpty else { throw InputError(file: root.path, problem: "no measurements") }
    return try files.filter { $0.hasSuffix(".json") }.sorted().compactMap { file in
      let data = try Data(contentsOf: root.appending(path: file))
      let row = try JSONDecoder().decode(Version2Row.self, from: data)
      guard row.pipelineParallel == 1, let model = model(row.model) else { return nil }
      let watts = row.joulesPerRequest / row.outputTokens * row.tokensPerSecond
      return ServingMeasurement(
        set: "mlenergy-v2", model: model, tensorParallelDegree: row.tensorParallel,
        batchRows: row.batchRows, promptTokens: try promptTokens("mlenergy-v2"),
        outputTokens: row.outputTokens, iterationSeconds: row.batchRows / row.tokensPerSecond,
        medianInterTokenLatency: nil, wattsPerGPU: watts / Double(row.tensorParallel))
    }
  }

  /// Frontenac stage 1: Qwen2.5-1.5B on one GPU, named as in the file.
  func frontenac(_ file: URL, gpu: String) throws -> [ServingMeasurement] {
    let rows = try CSVRows(file)
    let name = try rows.column("gpu_type")
    let number = try ["concurrency", "gen_tok_per_s", "mean_power_w"].map(rows.column)
    let model = try catalog.model(named: "qwen2.5-1.5b")
    let prompt = try promptTokens("frontenac")
    var result: [ServingMeasurement] = []
    try rows.forEachRow { row in
      guard row.text(name) == gpu else { return }
      let value = number.map(row.number)
      result.append(
        ServingMeasurement(
          set: "frontenac", model: model, tensorParallelDegree: 1, batchRows: value[0],
          promptTokens: prompt, outputTokens: settings.frontenacOutputTokens,
          iterationSeconds: value[0] / value[1], medianInterTokenLatency: nil,
          wattsPerGPU: value[2]))
    }
    return result
  }
}

/// One file of ML.ENERGY leaderboard v2.
private struct Version2Row: Decodable {
  let model: String
  let tensorParallel: Int
  let pipelineParallel: Int
  let joulesPerRequest: Double
  let tokensPerSecond: Double
  let outputTokens: Double
  let batchRows: Double

  enum CodingKeys: String, CodingKey {
    case model = "Model"
    case tensorParallel = "TP"
    case pipelineParallel = "PP"
    case joulesPerRequest = "Energy/req (J)"
    case tokensPerSecond = "Token tput (tok/s)"
    case outputTokens = "Avg Output Tokens"
    case batchRows = "Avg BS (reqs)"
  }
}
