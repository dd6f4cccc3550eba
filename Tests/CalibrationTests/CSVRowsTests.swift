import Foundation
import Scenarios
import Testing

@testable import Calibration

@Suite struct CSVRowsTests {
  static func file(_ name: String, _ text: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url
  }

  static func rows(_ url: URL) throws -> [[String]] {
    let table = try CSVRows(url)
    let (name, value) = (try table.column("name"), try table.column("value"))
    var rows: [[String]] = []
    try table.forEachRow { rows.append([$0.text(name), "\($0.number(value))"]) }
    return rows
  }

  @Test(arguments: ["name,x,value\na,,1.5\nb,2,-3e2\n", "name,x,value\r\na,,1.5\r\nb,2,-3e2"])
  func `cells are found by column, with any line ending`(text: String) throws {
    let url = try Self.file("table.csv", text)
    defer { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
    #expect(try Self.rows(url) == [["a", "1.5"], ["b", "-300.0"]])
  }

  @Test func `a compressed table reads like the plain one`() throws {
    let url = try Self.file("table.csv", "name,value\na,1\nb,2\n")
    defer { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
    let plain = try Self.rows(url)
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/usr/bin/env")
    gzip.arguments = ["gzip", url.path]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(try Self.rows(url.appendingPathExtension("gz")) == plain)
  }

  @Test func `a missing column or file is named`() throws {
    let url = try Self.file("table.csv", "name,value\na,1\n")
    defer { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
    let error = #expect(throws: InputError.self) { try CSVRows(url).column("watts") }
    #expect(error?.problem == "missing column watts")
    #expect(throws: InputError.self) { try CSVRows(url.appendingPathExtension("gone")) }
  }
}
