internal import DeviceModels
internal import Scenarios

/// How surfaces are fitted to kernel tables, from `calibration/device-fit.yaml`.
struct SurfaceSettings {
  struct Grid {
    /// Weight of a squared second difference between knots beside a squared residual.
    let smoothing: Double
    /// Knots by coordinate, in the surface's order.
    let axes: [[Double]]
  }

  /// Residuals beyond this count linearly.
  let lossScale: Double
  let mostRows: Int
  /// Parts of the shapes that are left out in turn.
  let folds: Int
  /// How the tables' tokens are spread over experts.
  let expertDistribution: String
  /// Most GPUs that share a layer's experts.
  let mostExpertShares: Double
  private let grids: [KernelKind: Grid]

  init(_ yaml: YAMLMapping) throws {
    func number(_ key: String) throws -> Double {
      try yaml[key].measured(unit: "1", .positive).value
    }
    lossScale = try number("loss_scale")
    mostRows = Int(try number("most_rows"))
    folds = Int(try number("folds"))
    var grids: [KernelKind: Grid] = [:]
    for (kinds, key) in Self.sections {
      let grid = try yaml[key].mapping { try Self.grid($0, kinds[0].coordinates) }
      for kind in kinds { grids[kind] = grid }
    }
    self.grids = grids
    expertDistribution = try yaml["expert_distribution"].string()
    mostExpertShares = try number("most_expert_shares")
  }

  private static let sections: [([KernelKind], String)] = [
    ([.matrixProducts, .matrixProductsFP8], "matrix_products"),
    ([.decodeAttention], "decode_attention"), ([.prefillAttention], "prefill_attention"),
    ([.experts, .expertsFP8], "experts"), ([.allReduce], "all_reduce"),
  ]

  private static func grid(_ yaml: YAMLMapping, _ coordinates: [String]) throws -> Grid {
    return Grid(
      smoothing: try yaml["smoothing"].measured(unit: "1", .positive).value,
      axes: try coordinates.map { name in
        let value = try yaml[name]
        let knots = try value.list(atLeast: 2) { try $0.double(.any) }
        guard zip(knots, knots.dropFirst()).allSatisfy({ $0 < $1 }) else {
          throw value.isNot("increasing numbers")
        }
        return knots
      })
  }

  subscript(kind: KernelKind) -> Grid {
    guard let grid = grids[kind] else { preconditionFailure("no grid for \(kind)") }
    return grid
  }
}
