internal import DeviceModels

/// Measured calls of one kernel beside what its roofline says of them.
struct SurfaceSamples {
  let kind: KernelKind
  /// What belongs together when shapes are left out: `whole (width, depth)`.
  let groupName: String
  /// Coordinates of each call, one after the other.
  private(set) var points: [[Double]] = []
  /// Logarithm of measured over roofline.
  private(set) var logarithms: [Double] = []
  /// Number of each call's shape among those left out together.
  private(set) var groups: [Int] = []
  /// Whether each call's weights are loaded piecemeal.
  private(set) var unaligned: [Bool] = []
  private var groupNumbers: [String: Int] = [:]

  init(_ kind: KernelKind, groupName: String) {
    self.kind = kind
    self.groupName = groupName
  }

  var count: Int { logarithms.count }
  var groupCount: Int { groupNumbers.count }

  /// `values` are the coordinates, not yet logarithms.
  mutating func append(
    _ values: [Double], measured: Double, roofline: Double, group: String,
    isUnaligned: Bool = false
  ) {
    guard measured > 0, roofline > 0 else { return }
    points.append(values.map { Logarithm.binary($0) })
    logarithms.append(Logarithm.natural(measured / roofline))
    let number = groupNumbers[group] ?? groupNumbers.count
    groupNumbers[group] = number
    groups.append(number)
    unaligned.append(isUnaligned)
  }

  /// Every k-th call in the order of the file, k the smallest odd number that leaves at most
  /// `limit`: grids that repeat after an even number of rows keep all their shapes.
  func thinned(to limit: Int) -> SurfaceSamples {
    var stride = max(1, (count + limit - 1) / limit)
    if stride.isMultiple(of: 2) { stride += 1 }
    guard stride > 1 else { return self }
    var result = self
    let kept = Swift.stride(from: 0, to: count, by: stride)
    result.points = kept.map { points[$0] }
    result.logarithms = kept.map { logarithms[$0] }
    result.groups = kept.map { groups[$0] }
    result.unaligned = kept.map { unaligned[$0] }
    return result
  }
}
