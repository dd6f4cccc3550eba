// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
let library = Target.Dependency.product(name: "Joulefleet", package: "joulefleet")

let package = Package(
  name: "fleet-benchmark",
  dependencies: [.package(name: "joulefleet", path: "..")],
  targets: [
    .executableTarget(
      name: "FleetBenchmark",
      dependencies: [library],
      swiftSettings: strict),
    .executableTarget(name: "PartBenchmark", dependencies: [library], swiftSettings: strict),
  ]
)
