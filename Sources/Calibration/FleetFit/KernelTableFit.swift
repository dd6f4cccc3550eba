internal import DeviceModels
internal import Scenarios

/// The efficiencies of one kind of kernel from a table of measured ones. What the GPU's surface
/// says of shapes stays: the efficiencies move all of it.
struct KernelTableFit {
  enum Kind: CaseIterable {
    case products, decodeAttention, prefillAttention

    /// The section of the fit file.
    var section: String {
      switch self {
      case .products: "matrix_products"
      case .decodeAttention: "decode_attention"
      case .prefillAttention: "prefill_attention"
      }
    }

    fileprivate var missing: String {
      switch self {
      case .products: "products of few tokens and of thousands, of large weights and of small ones"
      case .decodeAttention: "decode attention from short to long contexts, of few rows and many"
      case .prefillAttention: "prefill attention from tens of tokens to thousands"
      }
    }

    fileprivate func holds(_ row: KernelRow) -> Bool {
      switch (self, row.work) {
      case (.products, .product), (.decodeAttention, .decodeAttention),
        (.prefillAttention, .prefillAttention):
        true
      default: false
      }
    }

    /// What no call in bf16 tells: how kernels divide their work.
    private static let tiles: Set = [
      "fp8_tile_rows", "expert_tile_width", "expert_alignment",
    ]

    /// The numbers of the section that calls in bf16 tell; their steps are small against any that
    /// occurs.
    var parameters: [FleetParameter] {
      let entries = DeviceFitSchema.sections.first { $0.name == section }?.entries ?? []
      return entries.filter { !Self.tiles.contains($0.key) }.map { entry in
        FleetParameter(
          section: section, name: entry.key, path: entry.path,
          probe: entry.unit == "s" ? 1e-10 : 1e-4, isRequired: true, missing: missing)
      }
    }
  }

  let kind: Kind
  let rows: [KernelRow]
  private let problem: FitProblem

  /// Nil where the table holds no such kernel.
  init?(_ kind: Kind, _ all: [KernelRow], gpu: GPUSheet) {
    self.kind = kind
    rows = all.filter(kind.holds)
    guard !rows.isEmpty else { return nil }
    let works = rows.map(\.work)
    problem = FitProblem(
      measured: rows.map(\.seconds), runs: rows.map(\.place.description)
    ) { parameters in
      let times = KernelTimes(gpu: gpu, kernels: parameters.kernels)
      return works.map { $0.seconds(times) }
    }
  }

  /// The fit; throws where the rows cannot tell the section's numbers apart.
  func run(from parameters: DeviceParameters, settings: FleetFitSettings) throws -> RobustFit {
    let free = kind.parameters
    let found = try Identifiability(problem, parameters, free, settings: settings)
    guard found.isGood, rows.count > free.count else {
      throw rows[0].place.error(
        "\(rows.count) rows of \(kind.section) cannot tell "
          + free.map(\.name).joined(separator: ", ") + " apart",
        expected: kind.missing)
    }
    return try RobustFit(problem, from: parameters, free: free, settings: settings)
  }
}
