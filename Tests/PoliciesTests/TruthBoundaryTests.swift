import Foundation
import Testing

/// A policy that tries to read the truth does not compile: tried out with the compiler itself.
@Suite struct TruthBoundaryTests {
  private static let swiftc: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/swiftc" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Where the modules under test were built.
  private static let modules: String? = {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    // The test runner lies beside them.
    let folders =
      CommandLine.arguments.prefix(1).map {
        URL(filePath: $0).deletingLastPathComponent().appending(path: "Modules").path
      } + [package.appending(path: ".build/debug/Modules").path]
    return folders.first {
      FileManager.default.fileExists(atPath: $0 + "/FleetEngine.swiftmodule")
    }
  }()

  /// Where the C modules lie that the modules under test are made of.
  private static let moduleMaps: [String] = {
    guard let modules else { return [] }
    var build = URL(filePath: modules)
    while build.path != "/", !exists(build.appending(path: "checkouts")) {
      build.deleteLastPathComponent()
    }
    let checkouts = build.appending(path: "checkouts").path
    let found = (FileManager.default.subpaths(atPath: checkouts) ?? [])
      .filter { $0.hasSuffix("include/module.modulemap") }
      .map { "\(checkouts)/\($0.dropLast("/module.modulemap".count))" }
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
    return found + ["CGSL", "CPrefetch"].map { sources.appending(path: $0).path }
  }()

  private static func exists(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.path)
  }

  private static var canCompile: Bool { swiftc != nil && modules != nil }

  /// What the compiler says of a policy with `body` in its decision; empty where it compiles.
  private func complaint(
    _ body: String, conformance: String = "ServingPolicy", parameter: String = ""
  ) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "truth-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "policy.swift")
    let text = """
      import FleetEngine
      struct Peeking: \(conformance) {
        mutating func decide(
          _ request: RequestView\(parameter), in fleet: FleetView
        ) -> Decision {
          \(body)
        }
      }
      """
    try text.write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.swiftc))
    process.arguments =
      ["-typecheck", "-swift-version", "6", "-I", try #require(Self.modules), file.path]
      + Self.moduleMaps.flatMap { ["-I", $0] }
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : said
  }

  @Test(.enabled(if: canCompile, "needs the compiler and the modules that it has built"))
  func `a policy that reads the truth does not compile, and one that reads its view does`() throws {
    let serve = "return .serve(arm: request.promptTokens < 100 ? 0 : 1, replica: 0)"
    #expect(try complaint(serve) == "")
    for (what, member) in [
      ("request", "difficulty"), ("request", "recordedOutputTokens"), ("request", "isCorrect"),
      ("request", "query"), ("fleet", "answers"),
    ] {
      let said = try complaint("_ = \(what).\(member); \(serve)")
      #expect(said.contains("has no member '\(member)'"), "\(what).\(member): \(said)")
    }
  }

  @Test(.enabled(if: canCompile, "needs the compiler and the modules that it has built"))
  func `nobody but the engine makes a truth`() throws {
    let knowing = ", knowing truth: Truth"
    let read = "_ = truth.difficulty; return .reject"
    #expect(try complaint(read, conformance: "BoundPolicy", parameter: knowing) == "")
    let made = try complaint("let truth = Truth(); \(read)")
    #expect(made.contains("initializer is inaccessible") || made.contains("error"))
    #expect(made.contains("Truth"))
  }
}
