import ArgumentParser
import Calibration
import Foundation
import Scenarios

/// Where the logs of a fleet are, and what they leave out.
struct CalibrateFleetArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder of logs; runs of one folder share its power log.", valueName: "folder"))
  var data: String

  @Option(help: ArgumentHelp("GPU of logs that name none.", valueName: "name"))
  var gpu: String?

  @Option(help: ArgumentHelp("Model of logs that name none.", valueName: "name"))
  var model: String?

  @Option(
    name: .customLong("tensor-parallel"),
    help: ArgumentHelp("GPUs of a replica, for logs that do not say (1).", valueName: "count"))
  var tensorParallel: Int?

  @Option(
    name: .customLong("engine-args"), parsing: .unconditional,
    help: ArgumentHelp("Options of the vllm serve that was measured.", valueName: "options"))
  var engineArguments: String?

  @Option(
    help: ArgumentHelp("Mean prompt of tables that name none.", valueName: "tokens"))
  var promptTokens: Double?

  @Option(
    help: ArgumentHelp(
      "GPUs of the power log that served, as 0,1 (default: all of it).", valueName: "names"))
  var powerGpus: String?

  @OptionGroup var calibration: CalibrationArguments

  func validate() throws {
    if let tensorParallel, tensorParallel < 1 {
      throw ValidationError("--tensor-parallel is \(tensorParallel); expected a number ≥ 1")
    }
    if let promptTokens, !(promptTokens >= 1 && promptTokens.isFinite) {
      throw ValidationError("--prompt-tokens is \(promptTokens); expected a number ≥ 1")
    }
  }

  var folder: URL { URL(filePath: data) }

  func options(freedom: FleetFreedom = FleetFreedom(), fitPath: String?) -> FleetFitOptions {
    FleetFitOptions(
      defaults: FleetDefaults(
        gpu: gpu, model: model, tensorParallelDegree: tensorParallel,
        engineArguments: engineArguments, promptTokens: promptTokens),
      freedom: freedom, powerGPUs: CommaList.items(powerGpus ?? ""), fitPath: fitPath)
  }
}

/// Names parted by commas.
enum CommaList {
  static func items(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }
}
