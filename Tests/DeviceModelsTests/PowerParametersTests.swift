import DeviceModels
import Scenarios
import Testing

@Suite struct PowerParametersTests {
  private func power(order: Double) -> PowerParameters {
    PowerParameters(
      sleepPower: 0, unloadedIdlePower: 0, idlePower: 0, gapPower: 0, samplingPower: 0,
      kernelFloorPower: 100, bandwidthPower: 300,
      bandwidthExponent: 1, computePower: 400, computeExponent: 1, communicationPower: 0,
      powerCap: 500, capOrder: order)
  }

  /// Half of both peaks asks for 450 W, all of compute for 500, both for 800.
  static let cases: [(bandwidth: Double, compute: Double, order: Double, watts: Double)] = [
    (0.5, 0.5, 8, 450 / 1.045_766_5), (0, 1, 8, 500 / 1.090_507_7), (1, 1, 8, 498.563_558),
    (0, 1, 3, 500 / 1.259_921_0),
  ]

  @Test(arguments: cases.indices)
  func `near the cap the power bends as the order says`(index: Int) {
    let item = Self.cases[index]
    let watts = power(order: item.order).kernelPower(
      bandwidthUtilization: item.bandwidth, computeUtilization: item.compute)
    #expect(abs(watts / item.watts - 1) < 1e-6)
  }

  @Test func `the shipped order is a power of two, which costs no call of pow`() throws {
    for gpu in try Shipped.catalog().gpuNames {
      #expect(try Shipped.catalog().parameters(gpu: gpu).power.capOrder.significand == 1)
    }
  }
}
