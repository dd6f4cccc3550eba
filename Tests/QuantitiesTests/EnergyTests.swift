import Quantities
import Testing

struct EnergyTests {
  @Test func `one tick at one quantum of power is one quantum of energy`() {
    let energy = Power(quanta: 1) * SimDuration(ticks: 1)
    #expect(energy == Energy(quanta: 1))
    #expect(
      Energy.quantaPerJoule == Power.quantaPerWatt * SimDuration.ticksPerSecond)
  }

  @Test func `a power held for a time is exact, whatever the pieces`() {
    let power = Power(rounding: 699.3)
    let whole = SimDuration(rounding: 86_400.123)
    let third = SimDuration(ticks: whole.ticks / 3)
    let pieces = [third, third, whole - third - third]
    #expect(pieces.reduce(Energy.zero) { $0 + power * $1 } == power * whole)
  }

  @Test func `700 W for an hour are 0.7 kWh`() {
    let energy = Power(rounding: 700) * SimDuration(rounding: 3600)
    #expect(energy == Energy(rounding: 2_520_000))
    #expect(energy.joules == 2_520_000)
  }

  @Test(arguments: [(0.5, 0), (1.5, 2), (-0.5, 0), (-1.5, -2), (2.75, 3)])
  func `half a quantum rounds to even`(quanta: Double, expected: Int) {
    #expect(Energy(rounding: quanta / Energy.quantaPerJoule).quanta == Int128(expected))
    #expect(Power(rounding: quanta / Power.quantaPerWatt).quanta == Int128(expected))
  }

  @Test func `energies and powers subtract below zero and back`() {
    var energy = Energy(rounding: 1)
    energy -= Energy(rounding: 3)
    #expect(energy.joules == -2 && energy < .zero)
    energy += Energy(rounding: 2)
    #expect(energy == .zero)
    let power = Power(rounding: 80) - Power(rounding: 100)
    #expect(power.watts == -20 && (power * SimDuration(rounding: 2)).joules == -40)
    #expect(power + Power(rounding: 20) == .zero)
  }

  /// A fleet of 10,000 GPUs of 1 kW for a year stays far inside 128 bits.
  @Test func `a year of a large fleet fits`() {
    let year = Power(rounding: 1e7) * SimDuration(rounding: 365 * 86_400)
    #expect(year.joules == 3.1536e14)
    #expect(year.quanta < Int128.max / 1_000)
  }

  @Test func `an energy or power that is no number stops the program`() async {
    await #expect(processExitsWith: .failure) { _ = Energy(rounding: .nan) }
    await #expect(processExitsWith: .failure) { _ = Power(rounding: .infinity) }
  }
}
