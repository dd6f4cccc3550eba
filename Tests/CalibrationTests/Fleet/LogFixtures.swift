import Foundation
import Scenarios
import TestSupport

@testable import Calibration

/// Small logs as the programs write them, and folders to put them in.
enum LogFixtures {
  static let vllmDetailed = """
    {"date": "20250131-130610", "endpoint_type": "vllm", "model_id": "meta-llama/Llama-3.1-8B-Instruct",
     "num_prompts": 3, "request_rate": "inf", "max_concurrency": 2, "duration": 2.5, "completed": 2,
     "total_input_tokens": 300, "total_output_tokens": 9, "output_throughput": 3.6,
     "input_lens": [100, 200, 50], "output_lens": [5, 4, 0],
     "ttfts": [0.5, 0.25, 0.0], "start_times": [1000.0, 1001.0, 1002.0],
     "itls": [[0.1, 0.1, 0.1, 0.2], [0.1, 0.3], []],
     "generated_texts": ["a \\"quoted\\" text", "\\u00e9\\n", ""], "errors": ["", "", "timed out"],
     "mean_ttft_ms": 375.0, "median_itl_ms": 100.0, "p99_itl_ms": NaN}
    """

  static let vllmSummary = """
    {"date": "20250131-130610", "backend": "openai", "model_id": "llama-3.1-8b", "num_prompts": 100,
     "request_rate": 4.0, "max_concurrency": null, "duration": 50.0, "completed": 100,
     "total_input_tokens": 40000, "total_output_tokens": 10100, "mean_ttft_ms": 60.0,
     "mean_tpot_ms": 20.0, "mean_itl_ms": 20.5, "median_itl_ms": 19.0}
    """

  static let sglangLines = """
    {"backend": "sglang", "dataset_name": "random", "max_concurrency": 4, "duration": 10.0, \
    "completed": 20, "total_input_tokens": 2000, "total_output_tokens": 2020, "mean_tpot_ms": 12.0, \
    "mean_ttft_ms": 40.0, "server_info": {"model_path": "Qwen/Qwen2.5-7B-Instruct", "tp_size": 2}}
    {"run_name": "default", "batch_size": 8, "input_len": 256, "output_len": 32, \
    "prefill_latency": 0.02, "median_decode_latency": 0.011, "overall_throughput": 1.0}

    """

  static let mlEnergyVersion3 = """
    {"model_id": "Qwen/Qwen3-14B", "task": "gpqa", "configurations": [
      {"avg_batch_size": 8.0, "avg_output_len": 7000.0, "avg_power_watts": 640.0,
       "gpu_model": "H100", "median_itl_ms": 30.0, "num_gpus": 2, "tensor_parallel": 2,
       "output_throughput_tokens_per_sec": 250.0, "output_length_distribution": {"bins": [1.5]}}]}
    """

  static let mlEnergyVersion2 = """
    {"Model": "meta-llama/Meta-Llama-3.1-8B-Instruct", "GPU": "NVIDIA H100 80GB HBM3", "TP": 1,
     "PP": 1, "Energy/req (J)": 100.0, "Avg TPOT (s)": 0.03, "Token tput (tok/s)": 1000.0,
     "Avg Output Tokens": 200.0, "Avg BS (reqs)": 40.0, "Max BS (reqs)": 64}
    """

  static let servingTable = """
    model,gpu,tensor_parallel,batch_rows,prompt_tokens,output_tokens,itl_ms,ttft_ms,power_w
    llama-3.1-8b,h100-sxm,1,8,400,200,8.5,30,
    llama-3.1-8b,h100-sxm,1,32,400,200,10.25,,412.5

    """

  static let nvidiaSMI = """
    timestamp, name, index, power.draw [W], power.draw.instant [W]
    2025/01/31 13:05:59.900, NVIDIA H100 80GB HBM3, 0, 100.00 W, 90.00 W
    2025/01/31 13:05:59.901, NVIDIA H100 80GB HBM3, 1, [N/A], [N/A]
    2025/01/31 13:06:00.900, NVIDIA H100 80GB HBM3, 0, 200.00 W, 90.00 W
    2025/01/31 13:06:01.900, NVIDIA H100 80GB HBM3, 0, 300.00 W, 90.00 W

    """

  static let prometheusText = """
    # HELP vllm:generation_tokens_total Number of generation tokens processed.
    # TYPE vllm:generation_tokens_total counter
    vllm:generation_tokens_total{engine="0",model_name="a \\"b\\" c"} 10.0 1738328759500
    vllm:gpu_cache_usage_perc{engine="0",model_name="a \\"b\\" c"} 0.25 1738328759500
    vllm:e2e_request_latency_seconds_bucket{le="+Inf"} 3 1738328759500
    # scrape 1738328769.5
    vllm:generation_tokens_total{engine="0",model_name="a \\"b\\" c"} 30.0
    sglang:token_usage{model_name="x"} 0.5
    1738328779.5
    vllm:generation_tokens_total{engine="0",model_name="a \\"b\\" c"} 60.0
    DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-1",modelName="NVIDIA L40S"} 250.5

    """

  static let prometheusJSON = """
    {"status":"success","data":{"resultType":"matrix","result":[
    {"metric":{"__name__":"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION","gpu":"0"},
     "values":[[1738328750,"1000000"],[1738328760,"3000000"],[1738328770,"500"],[1738328780,"1000500"]]}]}}
    """

  static let kernels = """
    run,op,dtype,tokens,out_features,in_features,batch_rows,query_tokens,context_tokens,query_heads,kv_heads,head_dim,time_s
    1,gemm,bf16,8,4096,4096,,,,,,,1.5e-05
    1,decode_attention,bf16,,,,16,1,2048,32,8,128,3.2e-05
    1,prefill_attention,bf16,,,,1,512,0,32,8,128,4.1e-05
    1,copy,bf16,,,,,,,,,,1e-3

    """

  static let all: [(name: String, text: String)] = [
    ("vllm.json", vllmDetailed), ("summary.json", vllmSummary), ("sglang.jsonl", sglangLines),
    ("v3.json", mlEnergyVersion3), ("v2.json", mlEnergyVersion2), ("table.csv", servingTable),
    ("power.csv", nvidiaSMI), ("engine.prom", prometheusText), ("dcgm.json", prometheusJSON),
    ("kernels.csv", kernels),
  ]

  /// Calls `body` with a folder that holds these files.
  static func folder<Value>(
    _ files: [(name: String, text: String)], _ body: (URL) throws -> Value
  ) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in files {
      let url = folder.appending(path: file.name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.text.utf8).write(to: url)
    }
    return try body(folder)
  }

  static func read(_ name: String, _ text: String) throws -> LogFolder {
    try folder([(name, text)]) { try LogFolder($0) }
  }

  private static let shipped = Result {
    try Catalog.load(path: SharedData.packageRoot.appending(path: "calibration").path)
  }

  static func catalog() throws -> Catalog { try shipped.get() }
}
