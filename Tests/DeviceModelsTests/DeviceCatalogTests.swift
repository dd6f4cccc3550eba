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
}
