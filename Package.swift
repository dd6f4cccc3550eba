// swift-tools-version: 6.2
import PackageDescription

/// One set of compiler settings for every target: Swift 6, and no warning survives.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A library target of this package; dependencies point one way, from the command line down.
func module(_ name: String, uses: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: uses, swiftSettings: strict)
}

/// The tests of one module, with the shared helpers.
func tests(of name: String, uses: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.target(name: name), "TestSupport"] + uses,
    swiftSettings: strict)
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "joulefleet",
  products: [
    .executable(name: "joulefleet", targets: ["joulefleet"]),
    .library(
      name: "Joulefleet",
      targets: ["Quantities", "FleetEngine", "Policies", "Scenarios", "Studies"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .systemLibrary(name: "CPrefetch"),

    module("Quantities"),
    module("NumericalMethods", uses: ["CGSL", histogram]),
    module("Workloads", uses: ["NumericalMethods", "Quantities"]),
    module("DeviceModels", uses: ["NumericalMethods", "Quantities"]),
    module("AnswerModels", uses: ["Workloads", "NumericalMethods", "Quantities"]),
    module(
      "FleetEngine",
      uses: [
        "DeviceModels", "Workloads", "AnswerModels", "NumericalMethods", "Quantities",
        "CPrefetch", heap,
      ]),
    module(
      "Policies",
      uses: ["FleetEngine", "DeviceModels", "NumericalMethods", "Quantities"]),
    module(
      "Scenarios",
      uses: [
        "Policies", "FleetEngine", "DeviceModels", "Workloads", "AnswerModels",
        "NumericalMethods", "Quantities", yams,
      ]),
    module(
      "Studies",
      uses: [
        "Scenarios", "FleetEngine", "DeviceModels", "Workloads", "AnswerModels",
        "NumericalMethods", "Quantities",
      ]),
    module(
      "Sweeps",
      uses: [
        "Studies", "Scenarios", "FleetEngine", "NumericalMethods", "Quantities", database,
      ]),
    module(
      "Planning",
      uses: [
        "Studies", "Scenarios", "FleetEngine", "DeviceModels", "Workloads", "AnswerModels",
        "NumericalMethods", "Quantities",
      ]),
    module(
      "Calibration",
      uses: [
        "Scenarios", "FleetEngine", "DeviceModels", "Workloads", "AnswerModels",
        "NumericalMethods", "Quantities",
      ]),
    module(
      "Reports",
      uses: [
        "Sweeps", "Planning", "Studies", "Scenarios", "FleetEngine", "DeviceModels",
        "AnswerModels", "Workloads", "NumericalMethods", "Quantities",
      ]),
    .executableTarget(
      name: "joulefleet",
      dependencies: [
        "Reports", "Sweeps", "Planning", "Studies", "Scenarios", "Calibration", "Workloads",
        "AnswerModels", arguments,
      ],
      swiftSettings: strict),

    // The researcher's package of docs/policies.md, built here too so that it stays true.
    .executableTarget(
      name: "OwnPolicy", dependencies: ["Studies", "Scenarios", "FleetEngine"],
      path: "examples/own-policy/Sources/OwnPolicy", swiftSettings: strict),

    .executableTarget(
      name: "FleetBenchmark",
      dependencies: [
        "TestSupport", "Reports", "Studies", "Scenarios", "FleetEngine", "Workloads",
        "NumericalMethods", "Quantities", arguments,
      ],
      path: "Benchmarks/FleetBenchmark", swiftSettings: strict),
    .executableTarget(
      name: "PartBenchmark",
      dependencies: [
        "Reports", "Studies", "Scenarios", "Policies", "FleetEngine", "DeviceModels",
        "AnswerModels", "Workloads", "NumericalMethods", "Quantities",
      ],
      path: "Benchmarks/PartBenchmark", swiftSettings: strict),

    .executableTarget(
      name: "CoverageBenchmark", dependencies: ["Studies", "Scenarios", arguments],
      path: "Benchmarks/CoverageBenchmark", swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: [
        "FleetEngine", "DeviceModels", "Workloads", "AnswerModels", "NumericalMethods",
        "Quantities",
      ],
      path: "Tests/TestSupport", swiftSettings: strict),
    tests(of: "Quantities"),
    tests(of: "NumericalMethods"),
    tests(of: "Workloads", uses: ["NumericalMethods", "Quantities"]),
    tests(of: "DeviceModels", uses: ["Quantities", "Scenarios"]),
    tests(of: "AnswerModels", uses: ["Workloads", "NumericalMethods", "Quantities", "Scenarios"]),
    tests(
      of: "FleetEngine",
      uses: ["DeviceModels", "Workloads", "AnswerModels", "NumericalMethods", "Quantities"]),
    tests(
      of: "Policies",
      uses: [
        "FleetEngine", "DeviceModels", "AnswerModels", "Workloads", "NumericalMethods",
        "Quantities",
      ]),
    tests(
      of: "Scenarios",
      uses: [
        "Policies", "FleetEngine", "DeviceModels", "Workloads", "AnswerModels",
        "NumericalMethods", "Quantities",
      ]),
    tests(
      of: "Studies",
      uses: [
        "Scenarios", "FleetEngine", "DeviceModels", "Workloads", "AnswerModels",
        "NumericalMethods", "Quantities",
      ]),
    tests(
      of: "Planning",
      uses: ["Studies", "Scenarios", "FleetEngine", "NumericalMethods", "Quantities"]),
    tests(
      of: "Sweeps",
      uses: ["Studies", "Scenarios", "FleetEngine", "NumericalMethods", "Quantities", "joulefleet"]),
    tests(
      of: "Calibration",
      uses: ["DeviceModels", "AnswerModels", "Scenarios", "NumericalMethods"]),
    tests(
      of: "Reports",
      uses: [
        "Planning", "Sweeps", "Studies", "Scenarios", "FleetEngine", "DeviceModels", "AnswerModels",
        "Workloads",
        "NumericalMethods", "Quantities",
      ]),
    .testTarget(
      name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: ["TestSupport", "joulefleet", "FleetBenchmark", "OwnPolicy"],
      swiftSettings: strict),
  ]
)
