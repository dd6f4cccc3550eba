import DeviceModels
import Scenarios
import Testing

@Suite struct DeviceCatalogTests {
  @Test func `the lists are sorted and hold what scenarios name`() throws {
    let catalog = try Shipped.catalog()
    #expect(catalog.gpuNames == catalog.gpuNames.sorted())
    #expect(catalog.modelNames == catalog.modelNames.sorted())
    for name in ["h100-sxm", "a100-sxm-80gb", "l40s"] { #expect(catalog.gpuNames.contains(name)) }
    for name in ["qwen2.5-7b", "llama-3.1-70b"] { #expect(catalog.modelNames.contains(name)) }
  }

  @Test func `every GPU that is listed has its fit`() throws {
    let catalog = try Shipped.catalog()
    for name in catalog.gpuNames { _ = try catalog.parameters(gpu: name) }
  }

  @Test func `an unknown name gets the nearest one`() throws {
    let error = #expect(throws: InputError.self) {
      try Shipped.catalog().gpu(named: "h100-smx")
    }
    #expect(error?.suggestion == "h100-sxm")
  }

  @Test(arguments: [
    ("NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"), ("NVIDIA L4", "l4"), ("nvidia l40s", "l40s"),
    ("NVIDIA H200", "h200-sxm"), ("AMD Instinct MI300X OAM", "mi300x"),
    ("NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada"), ("NVIDIA H100 PCIe", "h100-pcie"),
  ])
  func `a GPU is known by the name that its driver prints`(printed: String, name: String) throws {
    #expect(try Shipped.catalog().gpu(named: printed).name == name)
  }

  @Test func `no two GPUs share a name`() throws {
    let names = try Shipped.catalog().gpus.flatMap { [$0.name, $0.title] + $0.aliases }
    #expect(Set(names.map { $0.lowercased() }).count == names.count)
  }

  /// Tensor cores take half the width at twice the rate, or not at all.
  @Test func `narrower numbers are twice as fast`() throws {
    for gpu in try Shipped.catalog().gpus {
      let peaks = [
        gpu.peakBF16FlopsPerSecond, gpu.peakFP8FlopsPerSecond, gpu.peakFP4FlopsPerSecond,
      ].compactMap(\.self)
      for (wide, narrow) in zip(peaks, peaks.dropFirst()) {
        #expect(abs(narrow / wide - 2) < 0.03, "\(gpu.name)")
      }
      #expect(gpu.leastPowerCap < gpu.thermalDesignPower && gpu.minimumClock < gpu.maximumClock)
    }
  }
}
