internal import DeviceModels
internal import Scenarios

/// The efficiencies of one kind of kernel from a table of measured ones.
struct KernelTableFit {
  /// Bytes of an element of bf16.
  private static let elementBytes = 2.0

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

    /// The numbers of the section; their steps are small against any that occurs.
    var parameters: [FleetParameter] {
      (DeviceFitSchema.sections.first { $0.name == section }?.entries ?? []).map { entry in
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
      works.map { Self.seconds($0, parameters.kernels, gpu) }
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

  /// Seconds of a kernel by its roofline.
  private static func seconds(
    _ work: KernelRow.Work, _ kernels: KernelParameters, _ gpu: GPUSheet
  ) -> Double {
    func atPeak(flop: Double) -> Double { flop / gpu.peakBF16FlopsPerSecond }
    func atPeak(elements: Double) -> Double { elements * elementBytes / gpu.memoryBytesPerSecond }
    switch work {
    case .product(let tokens, let width, let depth):
      return kernels.matrixProductSeconds(
        computeAtPeak: atPeak(flop: 2 * tokens * width * depth),
        memoryAtPeak: atPeak(elements: width * depth + tokens * (width + depth)))
    case .decodeAttention(let rows, let context, let cacheHeads, let dimension):
      return kernels.decodeAttentionSeconds(
        rowHeads: rows * cacheHeads,
        memoryAtPeak: atPeak(elements: rows * context * cacheHeads * 2 * dimension))
    case .prefillAttention(let rows, let tokens, let heads, let cacheHeads, let dimension):
      let pairs = rows * tokens * (tokens + 1) / 2
      return kernels.prefillAttentionSeconds(
        computeAtPeak: atPeak(flop: 4 * pairs * heads * dimension),
        memoryAtPeak: atPeak(elements: rows * tokens * 2 * (heads + cacheHeads) * dimension))
    }
  }
}
