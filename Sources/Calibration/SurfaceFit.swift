internal import DeviceModels
internal import NumericalMethods

/// Fits a surface to measured calls: multilinear between knots, bends held back, far residuals
/// counting linearly.
struct SurfaceFit {
  /// Weight of each unknown's own square: decides where no call and no neighbor does.
  private static let ridge = 1e-6
  /// Rounds of reweighting by the residuals; more change no error's first digit.
  private static let rounds = 1

  /// Of the unaligned calls' weight, what the surface must leave to tell them from their shapes.
  private static let leastTold = 0.01

  let samples: SurfaceSamples
  let grid: SurfaceSettings.Grid
  let lossScale: Double
  /// For each call the knots around it and their weights.
  private let corners: [[(position: Int, weight: Double)]]

  init(_ samples: SurfaceSamples, grid: SurfaceSettings.Grid, lossScale: Double) {
    self.samples = samples
    self.grid = grid
    self.lossScale = lossScale
    corners = samples.points.map { point in
      var result: [(position: Int, weight: Double)] = []
      KernelSurface.forEachCorner(of: grid.axes, around: point) { position, weight in
        if weight > 0 { result.append((position, weight)) }
      }
      return result
    }
  }

  private var knotCount: Int { grid.axes.reduce(1) { $0 * $1.count } }

  /// Knots between neighbors along each axis.
  private var strides: [Int] {
    grid.axes.indices.map { axis in grid.axes[(axis + 1)...].reduce(1) { $0 * $1.count } }
  }

  /// The surface through all calls.
  func surface() throws -> KernelSurface { try surface(leavingOut: { _ in false }) }

  /// Signed relative errors on shapes that the fit never saw, each left out once in a fifth (or
  /// another part) of them.
  func leftOutErrors(folds: Int) throws -> [Double] {
    let folds = min(folds, samples.groupCount)
    var errors = [Double](repeating: 0, count: samples.count)
    for fold in 0..<folds {
      let isLeftOut = { (call: Int) in samples.groups[call] % folds == fold }
      let surface = try surface(leavingOut: isLeftOut)
      for call in 0..<samples.count where isLeftOut(call) {
        errors[call] =
          Logarithm.exponential(residual(call, surface.values, surface.unaligned)) - 1
      }
    }
    return errors
  }

  /// Logarithm of predicted over measured.
  private func residual(_ call: Int, _ values: [Double], _ unaligned: Double) -> Double {
    value(call, values) + (samples.unaligned[call] ? unaligned : 0) - samples.logarithms[call]
  }

  private func value(_ call: Int, _ values: [Double]) -> Double {
    corners[call].reduce(0) { $0 + $1.weight * values[$1.position] }
  }

  private func surface(leavingOut isLeftOut: (Int) -> Bool) throws -> KernelSurface {
    let calls = (0..<samples.count).filter { !isLeftOut($0) }
    var weights = [Double](repeating: 1, count: samples.count)
    var values: [Double] = []
    var unaligned = 0.0
    for round in 0...Self.rounds {
      (values, unaligned) = try solution(calls, weights)
      guard round < Self.rounds else { break }
      for call in calls {
        let share = residual(call, values, unaligned) / lossScale
        weights[call] = 1 / (1 + share * share).squareRoot()
      }
    }
    guard var surface = KernelSurface(axes: grid.axes, values: values) else {
      throw NumericalError(operation: "surface of \(samples.kind.rawValue)", reason: "bad grid")
    }
    surface.unaligned = unaligned
    return surface
  }

  /// Knots and, where some calls are unaligned, what these have more.
  ///
  /// That one unknown is in no band. With it held at u the knots are x - u·z, where x solves for
  /// the measured logarithms and z for ones at the unaligned calls; u then leaves these no
  /// residual on average, by their weights.
  private func solution(
    _ calls: [Int], _ weights: [Double]
  ) throws -> (values: [Double], unaligned: Double) {
    let values = try solution(calls, weights) { samples.logarithms[$0] }
    let marked = calls.filter { samples.unaligned[$0] }
    guard !marked.isEmpty else { return (values, 0) }
    let shape = try solution(calls, weights) { samples.unaligned[$0] ? 1 : 0 }
    let left = marked.reduce(0) {
      $0 + weights[$1] * (samples.logarithms[$1] - value($1, values))
    }
    let share = marked.reduce(0) { $0 + weights[$1] * (1 - value($1, shape)) }
    let weight = marked.reduce(0) { $0 + weights[$1] }
    guard share > Self.leastTold * weight else { return (values, 0) }
    let unaligned = left / share
    return (zip(values, shape).map { $0 - unaligned * $1 }, unaligned)
  }

  private func solution(
    _ calls: [Int], _ weights: [Double], target: (Int) -> Double
  ) throws -> [Double] {
    var problem = BandedLeastSquares(unknownCount: knotCount, bandwidth: 2 * strides[0])
    for call in calls {
      problem.addRow(
        positions: corners[call].map(\.position), coefficients: corners[call].map(\.weight),
        target: target(call), weight: weights[call])
    }
    addPenalties(to: &problem)
    return try problem.solution()
  }

  private func addPenalties(to problem: inout BandedLeastSquares) {
    for knot in 0..<knotCount {
      problem.addRow(positions: [knot], coefficients: [1], target: 0, weight: Self.ridge)
      for (axis, stride) in strides.enumerated() {
        let place = knot / stride % grid.axes[axis].count
        guard place > 0, place < grid.axes[axis].count - 1 else { continue }
        problem.addRow(
          positions: [knot - stride, knot, knot + stride], coefficients: [1, -2, 1], target: 0,
          weight: grid.smoothing)
      }
    }
  }
}
