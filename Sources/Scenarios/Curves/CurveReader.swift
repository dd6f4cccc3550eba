internal import DeviceModels

extension CurveRequest {
  /// Reads `key=value` items, each value one or several with commas between. The axis's own
  /// values are the points of every curve; all combinations of the others are the curves.
  public static func parse(
    _ items: [String], against axis: CurveAxis, catalog: Catalog
  ) throws -> CurveRequest {
    try CurveReader(items, axis: axis, catalog: catalog).request()
  }
}

/// Makes curves of the values of a line.
private struct CurveReader {
  private typealias Setting = CurveReplicaReader.Setting

  /// Lengths and batch of a point; a context of its own where one was given.
  private struct Shape {
    var batch: Int
    var context: Int?
    var input: Int
    var output: Int
  }

  private let axis: CurveAxis
  private let line: CurveLine
  private let replicas: CurveReplicaReader
  private let batches: [Int]?
  private let contexts: [Int]?
  private let inputs: [Int]?
  private let outputs: [Int]?
  private let clocks: [Double]?
  private let caps: [Double]?

  private static let mostBatch = 65_536
  private static let mostTokens = 100_000_000

  init(_ items: [String], axis: CurveAxis, catalog: Catalog) throws {
    self.axis = axis
    line = try CurveLine(items)
    batches = try line.ints(.batch, upTo: Self.mostBatch)
    contexts = try line.ints(.context, upTo: Self.mostTokens)
    inputs = try line.ints(.input, upTo: Self.mostTokens)
    outputs = try line.ints(.output, upTo: Self.mostTokens)
    clocks = try line.positives(.clock)
    caps = try line.positives(.cap)
    let budgets = try line.ints(.tokenBudget, upTo: 10_000_000)
    guard budgets?.count ?? 1 == 1 else {
      throw InputError(problem: "token-budget has several values", expectation: "one")
    }
    let rowLimit = max(EngineReader.Defaults.maxNumSeqs, batches?.last ?? 0)
    if let budget = budgets?.first, budget < rowLimit {
      throw CurveLine.isNot(.tokenBudget, "\(budget)", "at least \(rowLimit), the largest batch")
    }
    replicas = CurveReplicaReader(
      catalog: catalog, rowLimit: rowLimit, tokenBudget: budgets?.first)
  }

  func request() throws -> CurveRequest {
    var curves: [[CurvePoint]] = []
    var count = 0
    for setting in try settings() {
      for shape in shapes() {
        let curve = try points(setting, shape)
        count += curve.count
        guard count <= CurveRequest.mostPoints else {
          throw InputError(
            problem: "the values combine to more than \(CurveRequest.mostPoints) points",
            expectation: "fewer values")
        }
        curves.append(curve)
      }
    }
    let keys: [CurveLine.Key] = [.tensorParallel, .batch, .input, .output]
    return CurveRequest(
      axis: axis, curves: curves,
      defaulted: keys.filter { $0 != axis.key && !line.has($0) }.map(\.rawValue))
  }

  /// All combinations of what makes a replica, without what is on the axis.
  private func settings() throws -> [Setting] {
    var settings: [Setting] = []
    let degrees = try line.ints(.tensorParallel, upTo: 1024) ?? [1]
    let gpus = try line.words(.gpu)
    for model in try line.words(.model) {
      for gpu in gpus {
        for degree in degrees {
          for clock in options(clocks, .clock) {
            for cap in options(caps, .cap) {
              settings.append(
                Setting(
                  gpu: gpu, model: model, tensorParallel: degree, clockMegahertz: clock,
                  capWatts: cap))
            }
          }
        }
      }
    }
    return settings
  }

  /// All combinations of batch and lengths, without what is on the axis.
  private func shapes() -> [Shape] {
    var shapes: [Shape] = []
    for batch in options(batches, .batch) {
      for context in options(contexts, .context) {
        for input in options(inputs, .input) {
          for output in options(outputs, .output) {
            shapes.append(
              Shape(
                batch: batch ?? CurveRequest.Defaults.batch, context: context,
                input: input ?? CurveRequest.Defaults.inputTokens,
                output: output ?? CurveRequest.Defaults.outputTokens))
          }
        }
      }
    }
    return shapes
  }

  /// The values of a key that make curves; a nil where there are none, or where they make points.
  private func options<Value>(_ values: [Value]?, _ key: CurveLine.Key) -> [Value?] {
    guard let values, key != axis.key else { return [nil] }
    return values
  }

  private func points(_ setting: Setting, _ shape: Shape) throws -> [CurvePoint] {
    guard axis != .clock, axis != .cap else { return try settingPoints(setting, shape) }
    let (replica, _) = try replicas.replica(setting)
    let steps = CurveSteps(replica: replica)
    let start = point(replica, shape)
    let values: [Int]
    let set: (inout Shape, Int) -> Void
    switch axis {
    case .batch: (values, set) = (batches ?? steps.batches(start), { $0.batch = $1 })
    case .context: (values, set) = (contexts ?? steps.contexts(start), { $0.context = $1 })
    case .input: (values, set) = (inputs ?? steps.inputs(start), { $0.input = $1 })
    default: (values, set) = (outputs ?? steps.outputs(start), { $0.output = $1 })
    }
    return try values.map { value in
      var shape = shape
      set(&shape, value)
      return try checked(point(replica, shape))
    }
  }

  /// Points that differ in clock or cap: a replica each.
  private func settingPoints(_ setting: Setting, _ shape: Shape) throws -> [CurvePoint] {
    let (_, gpu) = try replicas.replica(setting)
    let path: WritableKeyPath<Setting, Double?> =
      axis == .clock ? \.clockMegahertz : \.capWatts
    let values =
      axis == .clock
      ? clocks ?? CurveSteps.clocks(of: gpu) : caps ?? CurveSteps.caps(of: gpu)
    return try values.map { value in
      var setting = setting
      setting[keyPath: path] = value
      return try checked(point(replicas.replica(setting).0, shape))
    }
  }

  private func point(_ replica: CurveReplica, _ shape: Shape) -> CurvePoint {
    CurvePoint(
      replica: replica, batch: shape.batch,
      contextTokens: shape.context
        ?? CurvePoint.meanContext(inputTokens: shape.input, outputTokens: shape.output),
      inputTokens: shape.input, outputTokens: shape.output)
  }

  /// Throws where a sequence is longer than the engine accepts.
  private func checked(_ point: CurvePoint) throws(InputError) -> CurvePoint {
    let longest = point.replica.maxModelTokens
    let expectation =
      "at most \(longest) tokens: the longest sequence of \(point.replica.model) on "
      + point.replica.gpu
    let total = point.inputTokens + point.outputTokens
    guard total <= longest else {
      throw InputError(problem: "input + output is \(total)", expectation: expectation)
    }
    guard point.contextTokens <= longest else {
      throw CurveLine.isNot(.context, "\(point.contextTokens)", expectation)
    }
    return point
  }
}
