/// A quantity over a few coordinates, known at the knots of a grid and multilinear between them;
/// outside the grid that of the nearest point on its edge.
///
/// Holds the logarithm of a kernel's measured time over its roofline: the roofline carries the
/// growth over orders of magnitude, the surface what tiles, splits and launches add to it.
public struct KernelSurface: Hashable, Sendable {
  /// Knots of each coordinate, increasing.
  public let axes: [[Double]]
  /// At the knots, the last coordinate running fastest.
  public let values: [Double]
  /// What the logarithm has more where weights are loaded piecemeal (`expertAlignment`).
  public var unaligned = 0.0

  /// Nil unless every axis increases and there is one value for each knot of the grid.
  public init?(axes: [[Double]], values: [Double]) {
    let isIncreasing = axes.allSatisfy { axis in
      axis.count > 1 && zip(axis, axis.dropFirst()).allSatisfy { $0 < $1 }
    }
    guard isIncreasing, values.count == axes.reduce(1, { $0 * $1.count }) else { return nil }
    self.axes = axes
    self.values = values
  }

  /// The value at a point: one coordinate for each axis.
  public func value(at point: [Double]) -> Double {
    var result = 0.0
    Self.forEachCorner(of: axes, around: point) { result += $1 * values[$0] }
    return result
  }

  /// The value of a surface over one coordinate.
  public func value(at x: Double) -> Double {
    let (knot, share) = Self.place(x, in: axes[0])
    return (1 - share) * values[knot] + share * values[knot + 1]
  }

  /// The value of a surface over two coordinates.
  public func value(at x: Double, _ y: Double) -> Double {
    let (row, down) = Self.place(x, in: axes[0])
    let (column, along) = Self.place(y, in: axes[1])
    let first = row * axes[1].count + column
    let next = first + axes[1].count
    let upper = (1 - along) * values[first] + along * values[first + 1]
    let lower = (1 - along) * values[next] + along * values[next + 1]
    return (1 - down) * upper + down * lower
  }

  /// The surface over the remaining coordinates where those of `fixed` (by axis) have a value.
  public func fixing(_ fixed: [Int: Double]) -> KernelSurface {
    var surface = self
    for (axis, coordinate) in fixed.sorted(by: { $0.key > $1.key }) {
      surface = surface.slice(axis, coordinate)
    }
    return surface
  }

  private func slice(_ axis: Int, _ coordinate: Double) -> KernelSurface {
    let stride = axes[(axis + 1)...].reduce(1) { $0 * $1.count }
    let count = axes[axis].count
    let (knot, share) = Self.place(coordinate, in: axes[axis])
    var remaining = axes
    remaining.remove(at: axis)
    var result: [Double] = []
    result.reserveCapacity(values.count / count)
    for outer in Swift.stride(from: 0, to: values.count, by: stride * count) {
      for inner in 0..<stride {
        let lower = outer + knot * stride + inner
        result.append((1 - share) * values[lower] + share * values[lower + stride])
      }
    }
    var surface = KernelSurface(unchecked: remaining, result)
    surface.unaligned = unaligned
    return surface
  }

  private init(unchecked axes: [[Double]], _ values: [Double]) {
    self.axes = axes
    self.values = values
  }

  /// Calls `body` with the position in `values` and the weight of each knot around a point; the
  /// weights sum to 1.
  public static func forEachCorner(
    of axes: [[Double]], around point: [Double], _ body: (Int, Double) -> Void
  ) {
    precondition(point.count == axes.count, "\(point.count) coordinates for \(axes.count) axes")
    func descend(_ axis: Int, _ position: Int, _ weight: Double) {
      guard axis < axes.count else { return body(position, weight) }
      let (knot, share) = place(point[axis], in: axes[axis])
      let first = position * axes[axis].count + knot
      descend(axis + 1, first, weight * (1 - share))
      descend(axis + 1, first + 1, weight * share)
    }
    descend(0, 0, 1)
  }

  /// The knot below a coordinate and how far, 0…1, it lies toward the next.
  private static func place(_ coordinate: Double, in knots: [Double]) -> (Int, Double) {
    var (low, high) = (0, knots.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if knots[middle] <= coordinate { low = middle } else { high = middle }
    }
    let share = (coordinate - knots[low]) / (knots[low + 1] - knots[low])
    return (low, min(max(share, 0), 1))
  }
}

/// The kernels whose times were measured over whole grids of shapes.
public enum KernelKind: String, CaseIterable, Sendable {
  case matrixProducts = "matrix-products"
  case matrixProductsFP8 = "matrix-products-fp8"
  case decodeAttention = "decode-attention"
  case prefillAttention = "prefill-attention"
  case experts = "experts"
  case expertsFP8 = "experts-fp8"
  case allReduce = "all-reduce"

  /// What the coordinates of its surface are, all as logarithms to base 2.
  public var coordinates: [String] {
    switch self {
    case .matrixProducts, .matrixProductsFP8: ["rows", "width", "depth"]
    case .decodeAttention: ["context", "cache_head_rows", "group"]
    case .prefillAttention: ["length", "head_sequences", "group", "heads"]
    case .experts, .expertsFP8: ["tokens_per_expert", "experts", "size", "shares"]
    case .allReduce: ["bytes", "gpus"]
    }
  }
}
