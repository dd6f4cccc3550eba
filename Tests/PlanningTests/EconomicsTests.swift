import Scenarios
import Testing

@testable import Planning

struct EconomicsTests {
  private static func measured(_ value: Double, _ unit: String) -> Measured {
    Measured(value: value, unit: unit, source: "a test")
  }

  /// A day of 12 hours at 1 kW and 12 at 3, with 10 and 30 tokens a second.
  private static let hours = (0..<24).map { hour in
    FleetEconomics.HourlyLoad(
      watts: hour < 12 ? 1000 : 3000, outputTokensPerSecond: hour < 12 ? 10 : 30,
      promptTokensPerSecond: 5)
  }

  private func economics(_ prices: PriceSheet?, _ grid: GridSheet?) -> FleetEconomics {
    FleetEconomics(
      hours: Self.hours, peakWatts: 3500, gpusByName: ["x": 4], prices: prices, grid: grid)
  }

  @Test func `a month is 730 hours of the day's mean`() throws {
    let economics = economics(nil, nil)
    #expect(abs(economics.kilowattHoursPerMonth - 2 * 730) < 1e-9)
    #expect(abs(economics.outputTokensPerMonth - 20 * 730 * 3600) < 1e-3)
    #expect(abs(economics.joulesPerOutputToken - 100) < 1e-9)
    #expect(economics.peakKilowatts == 3.5)
    #expect(economics.money == nil)
    #expect(economics.carbonKilograms == nil)
  }

  @Test func `an owned fleet pays for purchase, power and peak`() throws {
    let prices = PriceSheet(
      name: "own", title: "", currency: "EUR", electricity: Self.measured(0.2, "EUR/kWh"),
      demand: Self.measured(10, "EUR/kW/month"),
      gpus: [
        "x": .owned(price: Self.measured(4800, "EUR"), years: Self.measured(4, "year"))
      ])
    let money = try #require(economics(prices, nil).money)
    #expect(abs(money.gpus - 4 * 100) < 1e-9)
    #expect(abs(money.electricity - 292) < 1e-9)
    #expect(money.peakDemand == 35)
    #expect(abs(money.total - 727) < 1e-9)
  }

  @Test func `a rented fleet pays its hours, and its power not again`() throws {
    let prices = PriceSheet(
      name: "rent", title: "", currency: "USD", electricity: nil, demand: nil,
      gpus: ["x": .rented(perHour: Self.measured(2, "USD/h"))])
    let economics = economics(prices, nil)
    let total = try #require(economics.money?.total)
    #expect(abs(total - 4 * 2 * 730) < 1e-9)
    let perMillion = try #require(economics.moneyPerMillionOutputTokens)
    #expect(abs(perMillion - 5840 / 52.56) < 1e-9)
    // One GPU without a price leaves the sum unknown, not smaller.
    #expect(prices.monthly(["x": 4, "y": 1]) == nil)
  }

  @Test func `carbon counts each hour at its own intensity`() throws {
    let grid = GridSheet(
      name: "g", title: "", source: "",
      gramsPerKilowattHour: (0..<24).map { $0 < 12 ? 100 : 500 })
    let carbon = try #require(economics(nil, grid).carbonKilograms)
    #expect(abs(carbon - (365 * 1 * 0.1 + 365 * 3 * 0.5)) < 1e-9)
  }

  @Test func `no replica spans nodes`() {
    let stock = PlanLimits.NodeStock(nodes: 3, gpusPerNode: 8)
    #expect(stock.replicas(ofGPUs: 1) == 24)
    #expect(stock.replicas(ofGPUs: 3) == 6)
    #expect(stock.replicas(ofGPUs: 16) == 0)
  }
}
