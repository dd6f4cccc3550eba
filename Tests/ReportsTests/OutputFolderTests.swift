import Foundation
import Testing

@testable import Reports

@Suite struct OutputFolderTests {
  private struct Failure: Error {}

  private func writeSummary(in folder: URL, _ note: String) throws {
    try Data("{\"schema_version\": 1, \"note\": \"\(note)\"}".utf8)
      .write(to: folder.appending(path: "summary.json"))
  }

  @Test func `what was written stands under the wanted name, and nothing beside it`() async throws {
    try await withTemporaryFolder { root in
      let place = root.appending(path: "a/b/results")
      try await OutputFolder.write(to: place) { try writeSummary(in: $0, "x") }
      #expect(try names(in: root) == ["a"])
      #expect(try names(in: root.appending(path: "a/b")) == ["results"])
      #expect(try names(in: place) == ["summary.json"])
    }
  }

  @Test func `an error on the way leaves nothing, new parents included`() async throws {
    try await withTemporaryFolder { root in
      await #expect(throws: Failure.self) {
        try await OutputFolder.write(to: root.appending(path: "a/b/results")) { folder in
          try writeSummary(in: folder, "x")
          throw Failure()
        }
      }
      let left = try names(in: root)
      #expect(left.isEmpty)
    }
  }

  @Test func `what a killed run left is cleaned away, what a running one makes is not`()
    async throws
  {
    try await withTemporaryFolder { root in
      let place = root.appending(path: "results")
      var prefix = ""
      try await OutputFolder.write(to: place) { folder in
        let name = folder.lastPathComponent
        prefix = String(name.dropLast(name.reversed().prefix { $0.isNumber }.count))
        try writeSummary(in: folder, "x")
      }
      // No process has the largest number; the first one never ends.
      let left = ["\(prefix)\(Int32.max)", "\(prefix)1", "\(prefix)x", ".other"]
      for name in left {
        try FileManager.default.createDirectory(
          at: root.appending(path: name), withIntermediateDirectories: true)
      }
      try await OutputFolder.write(to: place) { try writeSummary(in: $0, "y") }
      #expect(try names(in: root).sorted() == (left.dropFirst() + ["results"]).sorted())
    }
  }

  @Test func `a cancelled task leaves nothing`() async throws {
    try await withTemporaryFolder { root in
      let task = Task {
        try await OutputFolder.write(to: root.appending(path: "results")) { folder in
          try writeSummary(in: folder, "x")
          while !Task.isCancelled { await Task.yield() }
        }
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      let left = try names(in: root)
      #expect(left.isEmpty)
    }
  }

  @Test func `what somebody put beside earlier results is not replaced`() async throws {
    try await withTemporaryFolder { root in
      let place = root.appending(path: "results")
      try await OutputFolder.write(to: place) { try writeSummary(in: $0, "old") }
      try Data("mine".utf8).write(to: place.appending(path: "notes.txt"))
      await #expect(throws: OutputError.self) {
        try await OutputFolder.write(to: place) { try writeSummary(in: $0, "new") }
      }
      #expect(try names(in: place).sorted() == ["notes.txt", "summary.json"])
    }
  }

  @Test func `earlier results are replaced as a whole`() async throws {
    try await withTemporaryFolder { root in
      let place = root.appending(path: "results")
      try await OutputFolder.write(to: place) { folder in
        try writeSummary(in: folder, "old")
        try Data().write(to: folder.appending(path: "requests.csv"))
      }
      try await OutputFolder.write(to: place) { try writeSummary(in: $0, "new") }
      #expect(try names(in: root) == ["results"])
      #expect(try names(in: place) == ["summary.json"])
      let text = try String(contentsOf: place.appending(path: "summary.json"), encoding: .utf8)
      #expect(text.contains("new"))
    }
  }

  @Test func `earlier results survive a failure`() async throws {
    try await withTemporaryFolder { root in
      let place = root.appending(path: "results")
      try await OutputFolder.write(to: place) { try writeSummary(in: $0, "old") }
      await #expect(throws: Failure.self) {
        try await OutputFolder.write(to: place) { _ in throw Failure() }
      }
      #expect(try names(in: root) == ["results"])
      #expect(try names(in: place) == ["summary.json"])
    }
  }

  @Test(arguments: ["folder", "file", "foreign-json"])
  func `what somebody else put there is refused and kept`(kind: String) async throws {
    try await withTemporaryFolder { root in
      let place = root.appending(path: "mine")
      if kind == "file" {
        try Data("thesis".utf8).write(to: place)
      } else {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let name = kind == "folder" ? "thesis.txt" : "summary.json"
        try Data("{\"grade\": 1}".utf8).write(to: place.appending(path: name))
      }
      var wasCalled = false
      await #expect(throws: OutputError.occupied(path: place.relativePath)) {
        try await OutputFolder.write(to: place) { _ in wasCalled = true }
      }
      #expect(!wasCalled)
      #expect(try names(in: root) == ["mine"])
    }
  }

  @Test func `an empty folder may be used`() async throws {
    try await withTemporaryFolder { root in
      let place = root.appending(path: "results")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try await OutputFolder.write(to: place) { try writeSummary(in: $0, "x") }
      #expect(try names(in: place) == ["summary.json"])
    }
  }
}
