internal import Foundation
internal import Scenarios

/// Wall power of a server as a line in the power of its GPUs, from MLPerf's analyzer logs.
///
/// GPU power was not logged: it is known at idle and where power caps bind. The line goes through
/// idle and the GPT-J run; two other capped runs check it.
struct NodeFit {
  let gpu: String
  let gpuCount: Int
  let hostPower: Double
  let wattsPerGPUWatt: Double
  /// Signed relative errors of the runs that the line was not drawn through.
  let checkErrors: [Double]

  init(dataFolder: URL, settings: DeviceFitSettings.Node) throws {
    let folder = dataFolder.appending(path: "energy/mlperf-v4.1-h200-wallpower")
    func log(_ run: String) throws -> [Double] {
      try Self.watts(folder.appending(path: "\(run)/Offline/run_1/spl.txt"))
    }
    let gptj = try log("gptj-99")
    let count = Double(settings.gpuCount)
    let (idleWall, idleGPUs) = (gptj[0], settings.idleGPUPower * count)
    let (busyWall, busyGPUs) = (Self.median(gptj), settings.gptjCap * count)
    let slope = (busyWall - idleWall) / (busyGPUs - idleGPUs)
    let host = idleWall - slope * idleGPUs
    gpu = settings.gpu
    gpuCount = settings.gpuCount
    wattsPerGPUWatt = slope
    hostPower = host
    let checks = [
      ("stable-diffusion-xl", settings.stableDiffusionCap), ("bert-99", settings.bertCap),
    ]
    checkErrors = try checks.map { run, cap in
      (host + slope * cap * count) / Self.median(try log(run)) - 1
    }
  }

  /// The wall powers of a log, sorted: the least is idle, the median the plateau of the run.
  private static func watts(_ url: URL) throws -> [Double] {
    let text = try InputFile.text(at: url.path)
    let watts = text.split(separator: "\n").compactMap { line -> Double? in
      let fields = line.split(separator: ",")
      guard fields.count > 3, fields[2] == "Watts" else { return nil }
      return Double(fields[3])
    }
    guard !watts.isEmpty else {
      throw InputError(file: url.path, problem: "no power readings", expectation: "Watts columns")
    }
    return watts.sorted()
  }

  private static func median(_ sorted: [Double]) -> Double { sorted[sorted.count / 2] }

  func yaml() -> String {
    let source = "MLPerf v4.1 Closed-Power logs, 8 H200: line through idle and GPT-J at 350 W caps"
    let check = "mean error on the Stable Diffusion (450 W) and BERT (400 W) runs of that server"
    let error = checkErrors.map(abs).reduce(0, +) / Double(checkErrors.count)
    let numbers = [
      ("host_power", hostPower, "W", source),
      ("watts_per_gpu_watt", wattsPerGPUWatt, "\"1\"", source),
      ("relative_error", error, "\"1\"", check),
    ]
    return """
      # Wall power of an eight-GPU server: host_power + watts_per_gpu_watt * power of the GPUs.
      # Written by `joulefleet calibrate publications`. Do not edit.
      name: hgx-8
      title: Eight-GPU air-cooled HGX server, AC at the plug
      gpus: \(gpuCount)
      # The only GPUs whose server was measured: for others the line is an extrapolation.
      measured_gpu: \(gpu)

      """
        + numbers.map {
          "\($0.0):\n  value: \(FiveDigits.text($0.1))\n  unit: \($0.2)\n  source: \"\($0.3)\"\n"
        }.joined()
  }
}
