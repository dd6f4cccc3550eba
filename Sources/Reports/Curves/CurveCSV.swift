internal import DeviceModels
public import Foundation
internal import Scenarios
public import Studies

/// Operating curves as CSV: one row per point, curve after curve.
public enum CurveCSV {
  static let header = [
    "curve", "gpu", "model", "tensor_parallel", "clock_mhz", "cap_w", "batch", "context_tokens",
    "input_tokens", "output_tokens", "decode_j_per_token", "decode_s_per_token",
    "decode_tokens_per_s", "decode_w_per_gpu", "prompt_j_per_token", "prompt_s_per_token",
    "request_j_per_token", "request_s_per_token", "calibrated",
    "decode_calibrated", "prompt_calibrated", "request_calibrated", "fits",
  ]

  public static func data(_ curves: OperatingCurves) -> Data {
    var lines = [header.joined(separator: ",")]
    for curve in curves.curves {
      for row in curve.rows {
        let flags =
          [curves.isCalibrated(row)] + CurveFigure.allCases.map(row.calibrated.contains)
          + [row.fitsMemory]
        let cells = cells(row, of: curve) + flags.map { $0 ? "1" : "0" }
        lines.append(cells.joined(separator: ","))
      }
    }
    return Data((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func cells(_ row: CurveRow, of curve: OperatingCurves.Curve) -> [String] {
    let point = row.point
    let replica = point.replica
    let setting = replica.operatingPoint
    let counts = [point.batch, point.contextTokens, point.inputTokens, point.outputTokens]
    let figures = [
      row.decode.joulesPerToken, row.decode.secondsPerToken, row.decodeTokensPerSecond,
      row.decodeWattsPerGPU, row.prompt.joulesPerToken, row.prompt.secondsPerToken,
      row.request.joulesPerToken, row.request.secondsPerToken,
    ]
    return ["\"\(curve.label)\"", replica.gpu, replica.model, "\(replica.tensorParallel)"]
      + [setting.clockMegahertz, setting.capWatts].map { $0.map { sixDigits($0) } ?? "" }
      + counts.map { "\($0)" } + figures.map(sixDigits)
  }

  /// More than any calibration knows.
  private static func sixDigits(_ value: Double) -> String { String(format: "%.6g", value) }
}
