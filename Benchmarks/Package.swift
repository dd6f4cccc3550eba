// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "fleet-benchmark",
  dependencies: [.package(name: "joulefleet", path: "..")],
  targets: [
    .executableTarget(
      name: "FleetBenchmark",
      dependencies: [.product(name: "Joulefleet", package: "joulefleet")],
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
  ]
)
