import ArgumentParser
import Foundation
import Scenarios

/// Which scenario, and what is set from outside.
struct ScenarioArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("Scenario file (YAML).", valueName: "scenario"))
  var scenario: String?

  @Option(
    help: ArgumentHelp(
      "Trace file, in place of the scenario's own path.", valueName: "file"))
  var trace: String?

  @Option(help: ArgumentHelp("Seed, in place of the scenario's own.", valueName: "number"))
  var seed: UInt64?

  @Option(
    name: .customLong("engine-args"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Options of vllm serve for every pool, or POOL=… for one (may be repeated).",
      discussion: """
        As '--max-num-seqs 64 --enable-prefix-caching'. They take the place of the scenario's own.
        """, valueName: "options"))
  var engineArguments: [String] = []

  @OptionGroup var calibration: CalibrationArguments
}

/// Where the data sheets are.
struct CalibrationArguments: ParsableArguments {
  @Option(
    name: .customLong("calibration"),
    help: ArgumentHelp(
      "Folder of data sheets and fitted curves.",
      discussion: """
        Default: JOULEFLEET_CALIBRATION, or calibration/ in a folder above the working directory \
        or the program.
        """, valueName: "folder"))
  var folder: String?
}
