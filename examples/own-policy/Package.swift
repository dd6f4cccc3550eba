// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "own-policy",
  // In a package of your own: .package(url: …, from: …) in place of the path.
  dependencies: [.package(name: "joulefleet", path: "../..")],
  targets: [
    .executableTarget(
      name: "OwnPolicy",
      dependencies: [.product(name: "Joulefleet", package: "joulefleet")])
  ]
)
