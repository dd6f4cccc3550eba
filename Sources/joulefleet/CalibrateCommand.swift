import ArgumentParser

/// `joulefleet calibrate`: from measurements to fitted numbers, and how far off these are.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit time and power of GPUs to measurements, and check the fits.",
    discussion: """
      With the logs of your own fleet (docs/calibrate-your-fleet.md):

        joulefleet calibrate example --output logs
        joulefleet calibrate fit --data logs/benchmarks --gpu h100-sxm --output fitted
        joulefleet calibrate check --data logs/benchmarks --gpu h100-sxm \\
          --fit fitted/h100-sxm.fit.yaml

      With the published measurements that the shipped fits come from (docs/calibration.md):

        joulefleet calibrate publications --data measurements

      With results per question of your own models (docs/answers.md):

        joulefleet calibrate fit --answers --data results.csv --task mine --output fitted
      """,
    subcommands: [
      CalibrateFitCommand.self, CalibrateCheckCommand.self, CalibrateExampleCommand.self,
      CalibratePublicationsCommand.self, CalibrateAnswersCommand.self,
    ])
}
