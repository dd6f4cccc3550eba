internal import DeviceModels

/// Which measurements tell which numbers of a GPU; what they do not tell is borrowed.
struct DeviceFitPlan {
  enum Kernels {
    case tables(folder: String, version: String)
    case borrowed(from: String, because: String)
  }

  enum AllReduce {
    /// A file of Vidur's network tables.
    case table(String)
    case borrowed(from: String, because: String)
  }

  enum ServingSet {
    case mlEnergyVersion3(gpu: String)
    case mlEnergyVersion2(folder: String)
    case frontenac(gpu: String)
  }

  enum Engine {
    case fitted(ServingSet, EngineFreedom, source: String)
    case borrowed(from: String, because: String)
  }

  enum Power {
    /// Fitted on serving measurements; what is not free is the reference GPU's by board limit,
    /// or that of another board with the same chip. Where nothing is free the measurements only
    /// check it.
    case serving(
      [ServingSet], free: [WritableKeyPath<PowerParameters, Double>], sameChipAs: String? = nil,
      source: String)
    /// Fitted on the board power of matrix products, then, where there are measurements, on
    /// serving; the rest is the reference GPU's.
    case kernels(
      free: [WritableKeyPath<PowerParameters, Double>], source: String, then: ServingPower?)
    case borrowed(from: String, because: String)
  }

  /// What serving tells beyond the benchmarks of kernels.
  struct ServingPower {
    let sets: [ServingSet]
    let free: [WritableKeyPath<PowerParameters, Double>]
    let source: String
  }

  let gpu: String
  let kernels: Kernels
  let allReduce: AllReduce
  let engine: Engine
  let power: Power
}

extension DeviceFitPlan {
  /// The GPU whose powers stand in, scaled by board limit, where a GPU has no measurement.
  static let referenceGPU = "h100-sxm"

  /// In the order in which they borrow from each other.
  static var all: [DeviceFitPlan] { [h100, a100Large, a100PCIe, a100Small, l40s, h200, b200] }

  static var h100: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "h100-sxm", kernels: .tables(folder: "h100_sxm", version: "0.19.0"),
      allReduce: .table("h100_dgx"),
      engine: .fitted(
        .mlEnergyVersion3(gpu: "H100"), .scaleAndSampler,
        source: "ML.ENERGY v3, vLLM 0.11.1, dense bf16 models, mean iteration times"),
      power: .serving(
        [.mlEnergyVersion3(gpu: "H100"), .mlEnergyVersion2(folder: "H100 80GB HBM3")],
        free: [\.bandwidthPower, \.computePower, \.gapPower],
        source: "ML.ENERGY v3 (vLLM 0.11.1) and v2 (vLLM 0.5.4), dense bf16 models"))
  }

  static var a100Large: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "a100-sxm-80gb", kernels: .tables(folder: "a100_sxm", version: "0.14.0"),
      allReduce: .table("a100_dgx"),
      engine: .fitted(
        .frontenac(gpu: "NVIDIA_A100-PCIE-40GB"), .fixed,
        source: "Frontenac stage 1 on the A100 PCIe 40 GB, vLLM 0.30, Qwen2.5-1.5B"),
      power: .serving(
        [.mlEnergyVersion2(folder: "A100-SXM4-40GB")],
        free: [\.bandwidthPower, \.computePower, \.gapPower],
        source: "ML.ENERGY v2 on the A100 SXM 40 GB (vLLM 0.5.4), dense bf16 models"))
  }

  static var a100PCIe: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "a100-pcie-40gb",
      kernels: .borrowed(from: "a100-sxm-80gb", because: "the same chip"),
      allReduce: .borrowed(from: "a100-sxm-80gb", because: "no measurement without NVLink"),
      engine: .fitted(
        .frontenac(gpu: "NVIDIA_A100-PCIE-40GB"), .fixed,
        source: "Frontenac stage 1, vLLM 0.30, Qwen2.5-1.5B"),
      power: .serving(
        [.frontenac(gpu: "NVIDIA_A100-PCIE-40GB")], free: [],
        sameChipAs: "a100-sxm-80gb",
        source: "borrowed from a100-sxm-80gb: the same chip"))
  }

  static var a100Small: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "a100-sxm-40gb",
      kernels: .borrowed(from: "a100-sxm-80gb", because: "the same chip"),
      allReduce: .borrowed(from: "a100-sxm-80gb", because: "the same links"),
      engine: .borrowed(from: "a100-sxm-80gb", because: "the same engine"),
      power: .borrowed(from: "a100-sxm-80gb", because: "fitted on this GPU"))
  }

  static var l40s: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "l40s",
      kernels: .borrowed(from: "h100-sxm", because: "no kernel table of this GPU"),
      allReduce: .borrowed(from: "a100-sxm-80gb", because: "no measurement without NVLink"),
      engine: .fitted(
        .frontenac(gpu: "NVIDIA_L40S"), .fixedAndRow,
        source: "Frontenac stage 1, vLLM 0.30, Qwen2.5-1.5B"),
      power: .serving(
        [.frontenac(gpu: "NVIDIA_L40S")], free: [\.bandwidthPower],
        source: "Frontenac stage 1, Qwen2.5-1.5B"))
  }

  static var h200: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "h200-sxm", kernels: .tables(folder: "h200_sxm", version: "0.22.0"),
      allReduce: .borrowed(from: "h100-sxm", because: "the same links"),
      engine: .borrowed(from: "h100-sxm", because: "no serving measurement of this GPU"),
      power: .kernels(
        free: [\.bandwidthPower, \.computePower],
        source: "aiconfigurator h200_sxm, vLLM 0.22.0, bf16 matrix products of 0.12 ms and more",
        then: nil))
  }

  static var b200: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "b200-sxm", kernels: .tables(folder: "b200_sxm", version: "0.22.0"),
      allReduce: .borrowed(from: "h100-sxm", because: "the same share of faster links"),
      engine: .fitted(
        .mlEnergyVersion3(gpu: "B200"), .scaleAndSampler,
        source: "ML.ENERGY v3, vLLM 0.11.1, dense bf16 models, mean iteration times"),
      power: .kernels(
        free: [\.bandwidthPower, \.computePower],
        source: "aiconfigurator b200_sxm, vLLM 0.22.0, bf16 matrix products of 0.12 ms and more",
        then: ServingPower(
          sets: [.mlEnergyVersion3(gpu: "B200")], free: [\.bandwidthPower, \.gapPower],
          source: "ML.ENERGY v3, vLLM 0.11.1, dense bf16 models")))
  }
}
