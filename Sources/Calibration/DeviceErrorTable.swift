internal import DeviceModels
internal import NumericalMethods

/// How far the fits are off: on the rows they were fitted on, on models left out, and against
/// simpler predictions.
struct DeviceErrorTable {
  let fitting: DeviceFitting
  let node: NodeFit

  init(_ fitting: DeviceFitting, node: NodeFit) {
    self.fitting = fitting
    self.node = node
  }

  struct Line {
    let gpu: String
    let what: String
    let how: String
    let errors: ErrorSummary
  }

  func markdown() throws -> String {
    let kernels = fitting.kernelErrors.map {
      Line(
        gpu: $0.gpu, what: $0.kernel.replacing("_", with: " "), how: $0.how, errors: $0.errors)
    }
    var text = "# Errors of the device fits\n\n"
    text += "Relative errors in percent; bias is the mean signed error, positive where the model\n"
    text += "is too high. Written by `joulefleet calibrate publications`.\n\n## Kernels\n\n"
    text += Self.table(kernels)
    for fit in fitting.fits {
      let lines = try serving(fit)
      guard !lines.isEmpty else { continue }
      text += "\n## Serving on \(fit.gpu.name)\n\n" + Self.table(lines)
    }
    text += "\n## Clocks and caps\n\n"
    text += Self.table(
      zip(fitting.clock.points, fitting.clock.fit.errors).map { point, error in
        Line(
          gpu: point.gpu, what: point.name, how: "in sample, over that as shipped",
          errors: ErrorSummary([error]))
      })
    text += "\n## Node\n\n"
    return text
      + Self.table([
        Line(
          gpu: "8x h200-sxm", what: "wall power", how: "two capped runs never fitted on",
          errors: ErrorSummary(node.checkErrors))
      ])
  }

  static func table(_ lines: [Line]) -> String {
    var text = "| GPU | what | how | rows | mean | median | p90 | bias |\n"
    text += "|---|---|---|---|---|---|---|---|\n"
    for line in lines {
      let e = line.errors
      let numbers = [e.mean, e.median, e.ninetiethPercentile, e.bias].map(FiveDigits.percent)
      text += "| \(line.gpu) | \(line.what) | \(line.how) | \(e.count) | "
      text += numbers.joined(separator: " | ") + " |\n"
    }
    return text
  }

  private func serving(_ fit: GPUFit) throws -> [Line] {
    guard let validation = try ServingValidation(fitting, fit) else { return [] }
    return try validation.results().map {
      Line(gpu: fit.gpu.name, what: $0.what, how: $0.how, errors: ErrorSummary($0.errors))
    }
  }
}
