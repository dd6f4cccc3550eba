internal import DeviceModels
internal import NumericalMethods
internal import Scenarios

/// Whether rows can tell some parameters apart, by the condition of their derivatives.
struct Identifiability {
  /// Share of a direction from which on a parameter takes part in it.
  private static let leastPart = 0.2

  /// Parameters that these rows cannot tell from each other; empty if they can.
  let confounded: [FleetParameter]
  /// Parameters that change no prediction at all.
  let without: [FleetParameter]
  /// Largest over smallest singular value of the scaled derivatives.
  let condition: Double

  init(
    _ problem: FitProblem, _ parameters: DeviceParameters, _ free: [FleetParameter],
    settings: FleetFitSettings
  ) throws {
    let line = try Linearization(problem, parameters, free)
    without = zip(free, line.columns).filter { $0.1.allSatisfy { $0 == 0 } }.map(\.0)
    guard without.isEmpty, problem.measured.count >= free.count else {
      confounded = without.isEmpty ? free : []
      condition = .infinity
      return
    }
    let singular = try SingularValues(of: line.normalizedRows)
    let (largest, least) = (singular.values[0], singular.values[free.count - 1])
    condition = least > 0 ? largest / least : .infinity
    guard condition > settings.conditionLimit else {
      confounded = []
      return
    }
    let direction = singular.directions[free.count - 1]
    confounded = zip(free, direction).filter { abs($0.1) > Self.leastPart }.map(\.0)
  }

  var isGood: Bool { confounded.isEmpty && without.isEmpty }

  /// The refusal: what cannot be told, why, and what would tell it.
  func refusal(_ windows: [ServingWindow], at place: String) -> InputError {
    let names = (without.isEmpty ? confounded : without).map(\.name)
    let least = windows.map(\.decodeRows).min() ?? 0
    let most = windows.map(\.decodeRows).max() ?? 0
    let what =
      names.count == 1
      ? "\(names[0]) cannot be told from these logs"
      : "\(names.joined(separator: " and ")) cannot be told apart"
    let missing = (without.isEmpty ? confounded : without).map(\.missing)
    return InputError(
      file: place,
      problem: """
        \(what): \(windows.count) windows of \(Set(windows.map(\.run)).count) runs, \
        \(FiveDigits.rows(least)) to \(FiveDigits.rows(most)) sequences decoding
        """,
      expectation: """
        \(Set(missing).sorted().joined(separator: "; and ")); or --keep \
        \(names.last ?? "")
        """)
  }
}

extension FiveDigits {
  /// A number of sequences with one decimal.
  static func rows(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
