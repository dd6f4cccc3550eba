internal import DeviceModels

/// Which measurements tell which numbers of a GPU; what they do not tell is borrowed.
struct DeviceFitPlan {
  enum Kernels {
    case tables(KernelTableSource)
    /// Rooflines and surfaces of another board with the same chip.
    case sameChip(as: String)
    /// Rooflines of another chip.
    case borrowed(from: String, because: String)
  }

  enum AllReduce {
    /// A file of Vidur's network tables.
    case table(String)
    case borrowed(from: String, because: String)
  }

  enum ServingSet {
    case mlEnergyVersion3(gpu: String)
    /// The same publication's mixtures of experts, in this weight format.
    case mlEnergyExperts(gpu: String, WeightFormat)
    case mlEnergyVersion2(folder: String)
    case frontenac(gpu: String)
  }

  enum Engine {
    /// `afterwards` fits further numbers, one set each, with the others held.
    case fitted(
      [ServingSet], EngineFreedom, source: String, afterwards: [EngineStep] = [])
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

  /// Numbers that only a part of the measurements tells.
  struct EngineStep {
    let set: ServingSet
    let freedom: EngineFreedom
    let what: String
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
      gpu: "h100-sxm",
      kernels: .tables(
        KernelTableSource(
          folder: "h100_sxm", version: "0.19.0", fp8Products: ("0.19.0", "fp8"),
          fp8Experts: "fp8_block", allReduceVersion: "0.24.0")),
      allReduce: .table("h100_dgx"),
      engine: .mlEnergy(gpu: "H100", .layerSamplerAndTraffic),
      power: .serving(
        [.mlEnergyVersion3(gpu: "H100"), .mlEnergyVersion2(folder: "H100 80GB HBM3")],
        free: [\.bandwidthPower, \.computePower, \.gapPower],
        source: "ML.ENERGY v3 (vLLM 0.11.1) and v2 (vLLM 0.5.4), dense bf16 models"))
  }

  static var a100Large: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "a100-sxm-80gb",
      kernels: .tables(
        KernelTableSource(folder: "a100_sxm", version: "0.14.0", allReduceVersion: "0.14.0")),
      allReduce: .table("a100_dgx"),
      engine: .fitted(
        [.frontenac(gpu: "NVIDIA_A100-PCIE-40GB")], .fixed,
        source: "Frontenac stage 1 on the A100 PCIe 40 GB, vLLM 0.30, Qwen2.5-1.5B"),
      power: .serving(
        [.mlEnergyVersion2(folder: "A100-SXM4-40GB")],
        free: [\.bandwidthPower, \.computePower, \.gapPower],
        source: "ML.ENERGY v2 on the A100 SXM 40 GB (vLLM 0.5.4), dense bf16 models"))
  }

  static var a100PCIe: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "a100-pcie-40gb",
      kernels: .sameChip(as: "a100-sxm-80gb"),
      allReduce: .borrowed(from: "a100-sxm-80gb", because: "no measurement without NVLink"),
      engine: .fitted(
        [.frontenac(gpu: "NVIDIA_A100-PCIE-40GB")], .fixed,
        source: "Frontenac stage 1, vLLM 0.30, Qwen2.5-1.5B"),
      power: .serving(
        [.frontenac(gpu: "NVIDIA_A100-PCIE-40GB")], free: [],
        sameChipAs: "a100-sxm-80gb",
        source: "borrowed from a100-sxm-80gb: the same chip"))
  }

  static var a100Small: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "a100-sxm-40gb",
      kernels: .sameChip(as: "a100-sxm-80gb"),
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
        [.frontenac(gpu: "NVIDIA_L40S")], .fixedAndRow,
        source: "Frontenac stage 1, vLLM 0.30, Qwen2.5-1.5B"),
      power: .serving(
        [.frontenac(gpu: "NVIDIA_L40S")], free: [\.bandwidthPower],
        source: "Frontenac stage 1, Qwen2.5-1.5B"))
  }

  static var h200: DeviceFitPlan {
    DeviceFitPlan(
      gpu: "h200-sxm",
      kernels: .tables(
        KernelTableSource(
          folder: "h200_sxm", version: "0.22.0", fp8Products: ("0.22.0", "fp8_block"),
          fp8Experts: "fp8_block")),
      allReduce: .borrowed(from: "h100-sxm", because: "the same links"),
      engine: .borrowed(from: "h100-sxm", because: "no serving measurement of this GPU"),
      power: .kernels(
        free: [\.bandwidthPower, \.computePower],
        source: "aiconfigurator h200_sxm, vLLM 0.22.0, bf16 matrix products of 0.12 ms and more",
        then: nil))
  }

  static var b200: DeviceFitPlan {
    // Block-scaled products of the 0.22.0 table take 160 microseconds whatever their shape: a
    // launch without a graph. Those of 0.19.0 with one scale per tensor are sound.
    DeviceFitPlan(
      gpu: "b200-sxm",
      kernels: .tables(
        KernelTableSource(
          folder: "b200_sxm", version: "0.19.0", powerVersion: "0.22.0",
          fp8Products: ("0.19.0", "fp8"), fp8Experts: "fp8_block", allReduceVersion: "0.24.0")),
      allReduce: .borrowed(from: "h100-sxm", because: "the same share of faster links"),
      engine: .mlEnergy(gpu: "B200", .layerSamplerHostRowsAndExperts),
      power: .kernels(
        free: [\.bandwidthPower, \.computePower],
        source: "aiconfigurator b200_sxm, vLLM 0.22.0, bf16 matrix products of 0.12 ms and more",
        then: ServingPower(
          sets: [.mlEnergyVersion3(gpu: "B200")], free: [\.bandwidthPower, \.gapPower],
          source: "ML.ENERGY v3, vLLM 0.11.1, dense bf16 models")))
  }
}

extension DeviceFitPlan {
  /// Whether an all-reduce measured over NVLink says something of this GPU's.
  var hasLinks: Bool { gpu.contains("-sxm") }
}

extension DeviceFitPlan.Power {
  /// What serving measurements tell; empty where they tell nothing.
  var servingFreedom: [WritableKeyPath<PowerParameters, Double>] {
    switch self {
    case .serving(_, let free, _, _): free
    case .kernels(_, _, let serving): serving?.free ?? []
    case .borrowed: []
    }
  }
}

extension DeviceFitPlan.Engine {
  /// ML.ENERGY's dense models and mixtures of experts together; what only some of its models show
  /// is fitted on those afterwards.
  static func mlEnergy(gpu: String, _ freedom: EngineFreedom) -> Self {
    var steps = [
      DeviceFitPlan.EngineStep(
        set: .mlEnergyExperts(gpu: gpu, .fp8), freedom: .quantizedExperts, what: "fp8 experts")
    ]
    if freedom.paths.contains(\.timePerLogit) {
      steps.append(
        DeviceFitPlan.EngineStep(
          set: .mlEnergyExperts(gpu: gpu, .mxfp4),
          freedom: .fourBitExperts(hostRows: freedom.paths.contains(\.rowExponent)),
          what: "mxfp4 experts, no top-p"))
    }
    return .fitted(
      [.mlEnergyVersion3(gpu: gpu), .mlEnergyExperts(gpu: gpu, .bfloat16)], freedom,
      source: "ML.ENERGY v3, vLLM 0.11.1, bf16 models, mean iteration times", afterwards: steps)
  }
}
