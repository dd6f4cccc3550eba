import Foundation
import Testing

@testable import Reports

@Suite struct InterruptTests {
  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal removes the unfinished folder and ends the process`(number: Int32) async throws {
    try await withTemporaryFolder { root in
      let path = root.path
      let result = await #expect(
        processExitsWith: .signal(number), observing: [\.standardErrorContent]
      ) {
        [path = path as String, number = number as Int32] in
        InterruptGuard.install()
        try await OutputFolder.write(to: URL(filePath: path).appending(path: "results")) {
          try Data("half".utf8).write(to: $0.appending(path: "requests.csv"))
          kill(getpid(), number)
          try await Task.sleep(for: .seconds(20))
        }
      }
      let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.contains("joulefleet: interrupted; nothing half-written stays\n"), "\(said)")
      let left = try names(in: root)
      #expect(left.isEmpty)
    }
  }
}
