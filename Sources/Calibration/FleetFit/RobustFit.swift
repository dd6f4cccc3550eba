internal import DeviceModels
internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Rows to fit: what was measured, and what the model says of it under given parameters.
struct FitProblem {
  let measured: [Double]
  /// Rows of one run share its luck.
  let runs: [String]
  let predict: (DeviceParameters) throws -> [Double]

  /// The rows for which `isKept` holds.
  func filtered(_ isKept: [Bool]) -> FitProblem {
    func keep<Value>(_ values: [Value]) -> [Value] {
      zip(values, isKept).filter(\.1).map(\.0)
    }
    return FitProblem(measured: keep(measured), runs: keep(runs)) {
      keep(try predict($0))
    }
  }
}

/// A fit of some parameters on the scale of ratios: residuals are logarithms of predicted over
/// measured, robust beyond a scale, and no parameter falls below 0.
///
/// Gauss–Newton around GSL's least squares: the model is linearised in its parameters, the robust
/// problem solved, the model evaluated anew. It does not matter how the model is built.
struct RobustFit {
  private static let mostRounds = 40
  private static let tolerance = 1e-7
  /// Of a prediction, the least that a linearised one may fall to.
  private static let floor = 1e-3

  let free: [FleetParameter]
  var parameters: DeviceParameters
  private(set) var values: [Double] = []
  /// With the scatter of the rows, and with rows of one run counted for what they tell.
  private(set) var standardErrors: [Double] = []
  /// Logarithms of predicted over measured.
  private(set) var residuals: [Double] = []

  /// Throws `NumericalError` where no minimum is found.
  init(
    _ problem: FitProblem, from start: DeviceParameters, free: [FleetParameter],
    settings: FleetFitSettings
  ) throws {
    self.free = free
    parameters = start
    for _ in 0..<Self.mostRounds {
      let line = try Linearization(problem, parameters, free)
      let (step, errors) = try Self.step(line, settings)
      let change = zip(step, line.scales).map { abs($0 / $1) }.max() ?? 0
      for (parameter, step) in zip(free, step) {
        let value = parameters[keyPath: parameter.path] + step
        parameters[keyPath: parameter.path] = max(0, value)
      }
      standardErrors = errors
      guard change > Self.tolerance else { break }
    }
    let predicted = try problem.predict(parameters)
    residuals = zip(predicted, problem.measured).map { log($0 / $1) }
    values = free.map { parameters[keyPath: $0.path] }
    let inflation = Self.designEffect(residuals, problem.runs).squareRoot()
    standardErrors = standardErrors.map { $0 * inflation }
  }

  /// The best step of the linearised problem, with parameters at 0 held where it would take them
  /// below, and the standard errors of the step without bounds.
  private static func step(
    _ line: Linearization, _ settings: FleetFitSettings
  ) throws -> (step: [Double], errors: [Double]) {
    var held = Set<Int>()
    var errors: [Double] = []
    var step = line.scales.map { _ in 0.0 }
    repeat {
      let free = line.scales.indices.filter { !held.contains($0) }
      for index in held { step[index] = -line.values[index] }
      guard !free.isEmpty else { return (step, errors) }
      let fit = try LeastSquares.fit(
        start: free.map { _ in 0 }, residualCount: line.base.count,
        loss: .softL1(scale: settings.lossScale)
      ) { scaled, output in
        for (j, index) in free.enumerated() { step[index] = scaled[j] * line.scales[index] }
        for i in output.indices {
          var value = line.base[i]
          for (index, column) in line.columns.enumerated() { value += column[i] * step[index] }
          output[i] = log(max(value, floor * line.base[i]) / line.measured[i])
        }
      }
      for (j, index) in free.enumerated() { step[index] = fit.parameters[j] * line.scales[index] }
      if errors.isEmpty { errors = Self.errors(of: fit, line.scales, settings) }
      guard let low = free.first(where: { line.values[$0] + step[$0] < 0 }) else {
        return (step, errors)
      }
      held.insert(low)
    } while true
  }

  /// Errors with at least the scatter that logs have: few rows may agree by chance.
  private static func errors(
    of fit: LeastSquaresFit, _ scales: [Double], _ settings: FleetFitSettings
  ) -> [Double] {
    let freedom = Double(max(1, fit.residuals.count - scales.count))
    let scatter = (fit.weightedSumOfSquares / freedom).squareRoot()
    let least = max(1, settings.assumedScatter / max(scatter, .leastNormalMagnitude))
    return zip(fit.standardErrors, scales).map { $0 * $1 * min(least, 1e6) }
  }

  /// 1 + (m - 1)·ρ: how much less m rows of one run tell than as many runs, ρ being the
  /// correlation of residuals within runs (one-way analysis of variance).
  static func designEffect(_ residuals: [Double], _ runs: [String]) -> Double {
    let groups = Dictionary(grouping: zip(runs, residuals), by: \.0)
      .sorted { $0.key < $1.key }.map { $0.value.map(\.1) }
    let (n, k) = (Double(residuals.count), Double(groups.count))
    guard k > 1, n > k else { return 1 }
    let mean = residuals.reduce(0, +) / n
    var (between, within) = (0.0, 0.0)
    for group in groups {
      let own = group.reduce(0, +) / Double(group.count)
      between += Double(group.count) * (own - mean) * (own - mean)
      within += group.reduce(0) { $0 + ($1 - own) * ($1 - own) }
    }
    (between, within) = (between / (k - 1), within / (n - k))
    let size = n / k
    guard between + (size - 1) * within > 0 else { return 1 }
    let correlation = (between - within) / (between + (size - 1) * within)
    return max(1, 1 + (size - 1) * correlation)
  }
}

/// A model near given parameters: predictions and their derivatives.
struct Linearization {
  let measured: [Double]
  let base: [Double]
  /// By parameter: change of each prediction with it.
  let columns: [[Double]]
  /// Of each parameter, the change that changes predictions by about their own size.
  let scales: [Double]
  let values: [Double]

  init(_ problem: FitProblem, _ parameters: DeviceParameters, _ free: [FleetParameter]) throws {
    measured = problem.measured
    let base = try problem.predict(parameters)
    self.base = base
    values = free.map { parameters[keyPath: $0.path] }
    columns = try free.map { parameter in
      var moved = parameters
      moved[keyPath: parameter.path] += parameter.probe
      return zip(try problem.predict(moved), base).map { ($0 - $1) / parameter.probe }
    }
    scales = columns.map { column in
      let size = zip(column, base).reduce(0) { $0 + ($1.0 / $1.1) * ($1.0 / $1.1) }
      let mean = (size / Double(max(1, base.count))).squareRoot()
      return mean > 0 ? 1 / mean : 1
    }
  }

  /// Derivatives of the logarithms, each column scaled to length 1 (0 where it is nothing).
  var normalizedRows: [[Double]] {
    let lengths = columns.map { column in
      zip(column, base).reduce(0) { $0 + ($1.0 / $1.1) * ($1.0 / $1.1) }.squareRoot()
    }
    return base.indices.map { i in
      columns.indices.map { lengths[$0] > 0 ? columns[$0][i] / base[i] / lengths[$0] : 0 }
    }
  }
}
