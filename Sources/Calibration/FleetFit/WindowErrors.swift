internal import DeviceModels

/// Signed relative errors of predictions, told apart by quantity, model and batch.
struct WindowErrors: Sendable {
  enum Quantity: String, CaseIterable, Sendable {
    case interTokenLatency = "inter-token latency"
    case medianInterTokenLatency = "median inter-token latency"
    case throughput = "output throughput"
    case power
    case energyPerToken = "energy per output token"
    case timeToFirstToken = "time to first token"
    case memoryActive = "memory activity"
    case tensorActive = "tensor activity"

    /// The unit of predicted and measured values.
    var unit: String {
      switch self {
      case .interTokenLatency, .medianInterTokenLatency, .timeToFirstToken: "s"
      case .throughput: "token/s"
      case .power: "W"
      case .energyPerToken: "J"
      case .memoryActive, .tensorActive: "1"
      }
    }
  }

  struct Row: Sendable {
    var quantity: Quantity
    var place: String
    var gpu: String
    var model: String
    var batch: Int
    var decodeRows: Double
    var measured: Double
    var predicted: Double
    var caveat: String?

    var error: Double { predicted / measured - 1 }
  }

  private(set) var rows: [Row] = []

  mutating func add(_ other: WindowErrors) { rows += other.rows }

  /// Predicts each window with a fit's numbers. `overhead` is the client's share of TTFT, s; nil
  /// where it is not known: then TTFT is not compared.
  mutating func add(
    _ windows: [ServingWindow], _ parameters: (ServingWindow) throws -> DeviceParameters,
    overhead: Double? = nil
  ) throws {
    for window in windows {
      let model = try window.replica.replicaModel(parameters(window))
      let prediction = WindowPrediction(window, WindowShapes(window), on: model)
      add(window, prediction, overhead)
    }
  }

  private mutating func add(
    _ window: ServingWindow, _ prediction: WindowPrediction, _ overhead: Double?
  ) {
    func add(_ quantity: Quantity, _ predicted: Double, _ measured: Double?) {
      guard let measured, measured > 0, predicted.isFinite else { return }
      rows.append(
        Row(
          quantity: quantity, place: window.run, gpu: window.replica.gpu.name,
          model: window.replica.name, batch: window.batchClass, decodeRows: window.decodeRows,
          measured: measured, predicted: predicted, caveat: window.caveat))
    }
    let gap = prediction.interTokenSeconds
    add(.interTokenLatency, gap, window.interTokenSeconds)
    add(
      .medianInterTokenLatency, prediction.medianInterTokenSeconds, window.medianInterTokenSeconds)
    add(.throughput, window.decodeRows / gap, window.outputTokensPerSecond)
    add(.power, prediction.watts, window.wattsPerGPU)
    let tokens = window.decodeRows * window.decodingShare
    add(
      .energyPerToken,
      prediction.watts * Double(window.replica.layout.gpuCount) * gap / tokens,
      window.joulesPerToken)
    if window.meetsIdleEngine, let overhead {
      add(.timeToFirstToken, prediction.aloneSeconds + overhead, window.firstTokenSeconds)
    }
    add(.memoryActive, prediction.memoryActive, window.memoryActive)
    add(.tensorActive, prediction.tensorActive, window.tensorActive)
  }

  /// One line of a table: a quantity over all rows, or over those of a model and a batch.
  struct Line: Sendable {
    var quantity: Quantity
    var gpu: String
    /// Nil for all.
    var model: String?
    var batch: Int?
    /// Of rows that are told apart; nil for the others.
    var caveat: String?
    var summary: ErrorSummary
  }

  /// For each quantity: all rows of a GPU, those told apart by reason, then by model and batch.
  var lines: [Line] {
    Quantity.allCases.flatMap { quantity in
      let own = rows.filter { $0.quantity == quantity }
      return Set(own.map(\.gpu)).sorted().flatMap { gpu in
        Self.lines(quantity, gpu, own.filter { $0.gpu == gpu })
      }
    }
  }

  private static func lines(_ quantity: Quantity, _ gpu: String, _ rows: [Row]) -> [Line] {
    func line(_ rows: [Row], _ model: String? = nil, _ batch: Int? = nil) -> Line? {
      rows.first.map { first in
        Line(
          quantity: quantity, gpu: gpu, model: model, batch: batch, caveat: first.caveat,
          summary: ErrorSummary(rows.map(\.error)))
      }
    }
    let plain = rows.filter { $0.caveat == nil }
    let apart = Set(rows.compactMap(\.caveat)).sorted()
    let groups = Dictionary(grouping: plain) { "\($0.model)\u{1}\($0.batch)" }
    let parts = groups.values.compactMap { line($0, $0.first?.model, $0.first?.batch) }
    return [line(plain)].compactMap(\.self)
      + apart.compactMap { caveat in line(rows.filter { $0.caveat == caveat }) }
      + parts.sorted { ($0.model ?? "", $0.batch ?? 0) < ($1.model ?? "", $1.batch ?? 0) }
  }
}
