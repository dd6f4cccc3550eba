internal import DeviceModels
public import Foundation
internal import Scenarios
public import Studies

/// Operating curves as JSON.
public struct CurveSummary: Encodable, Sendable {
  static let schemaVersion = 1

  struct Row: Encodable, Sendable {
    var clockMegahertz: Nullable<Double>
    var capWatts: Nullable<Double>
    var batch: Int
    var contextTokens: Int
    var inputTokens: Int
    var outputTokens: Int
    var decode: Cost
    var prompt: Cost
    var request: Cost
    var decodeTokensPerSecond: Double
    var decodeWattsPerGPU: Double
    var isCalibrated: Bool
    var fitsMemory: Bool

    enum CodingKeys: String, CodingKey {
      case clockMegahertz = "clock_mhz"
      case capWatts = "cap_w"
      case batch
      case contextTokens = "context_tokens"
      case inputTokens = "input_tokens"
      case outputTokens = "output_tokens"
      case decode, prompt, request
      case decodeTokensPerSecond = "decode_tokens_per_s"
      case decodeWattsPerGPU = "decode_w_per_gpu"
      case isCalibrated = "calibrated"
      case fitsMemory = "fits"
    }
  }

  struct Cost: Encodable, Sendable {
    var joulesPerToken: Double
    var secondsPerToken: Double
    var isCalibrated: Bool

    enum CodingKeys: String, CodingKey {
      case joulesPerToken = "j_per_token"
      case secondsPerToken = "s_per_token"
      case isCalibrated = "calibrated"
    }
  }

  struct Curve: Encodable, Sendable {
    var label: String
    var gpu: String
    var model: String
    var tensorParallel: Int
    var rows: [Row]

    enum CodingKeys: String, CodingKey {
      case label, gpu, model, rows
      case tensorParallel = "tensor_parallel"
    }
  }

  let version = Self.schemaVersion
  let against: String
  let defaulted: [String]
  let warnings: [String]
  let curves: [Curve]

  enum CodingKeys: String, CodingKey {
    case version = "schema_version"
    case against, defaulted, warnings, curves
  }

  public init(_ curves: OperatingCurves) {
    against = curves.axis.rawValue
    defaulted = curves.defaulted
    warnings = curves.warnings
    self.curves = curves.curves.compactMap { curve in
      guard let replica = curve.rows.first?.point.replica else { return nil }
      return Curve(
        label: curve.label, gpu: replica.gpu, model: replica.model,
        tensorParallel: replica.tensorParallel,
        rows: curve.rows.map { Row($0, isCalibrated: curves.isCalibrated($0)) })
    }
  }

  /// The file's bytes, keys sorted, a newline at the end.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

extension CurveSummary.Row {
  fileprivate init(_ row: CurveRow, isCalibrated: Bool) {
    let point = row.point
    let setting = point.replica.operatingPoint
    func cost(_ figure: CurveFigure, _ cost: TokenCost) -> CurveSummary.Cost {
      .init(
        joulesPerToken: cost.joulesPerToken, secondsPerToken: cost.secondsPerToken,
        isCalibrated: row.calibrated.contains(figure))
    }
    self.init(
      clockMegahertz: Nullable(setting.clockMegahertz), capWatts: Nullable(setting.capWatts),
      batch: point.batch, contextTokens: point.contextTokens, inputTokens: point.inputTokens,
      outputTokens: point.outputTokens, decode: cost(.decode, row.decode),
      prompt: cost(.prompt, row.prompt), request: cost(.request, row.request),
      decodeTokensPerSecond: row.decodeTokensPerSecond,
      decodeWattsPerGPU: row.decodeWattsPerGPU, isCalibrated: isCalibrated,
      fitsMemory: row.fitsMemory)
  }
}
