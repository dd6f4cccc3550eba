import Foundation
import Scenarios
import TestSupport
import Testing

private let calibration = SharedData.packageRoot.appending(path: "calibration")

@Test func `the digest of the calibration depends on its numbers and on nothing else`() throws {
  let copy = FileManager.default.temporaryDirectory
    .appending(path: "calibration-\(UUID().uuidString)")
  try FileManager.default.copyItem(at: calibration, to: copy)
  defer { try? FileManager.default.removeItem(at: copy) }
  try Data("notes".utf8).write(to: copy.appending(path: "notes.txt"))
  #expect(try Catalog.load(path: copy.path).sha256 == catalog.sha256)
  #expect(catalog.sha256.count == 64)
  let sheet = copy.appending(path: "gpus/h100-sxm.yaml")
  let text = try String(contentsOf: sheet, encoding: .utf8)
  try Data(text.replacing("80 GB", with: "81 GB").utf8).write(to: sheet)
  #expect(try Catalog.load(path: copy.path).sha256 != catalog.sha256)
}

@Test func `a folder that is no calibration is refused by name`() {
  let error = #expect(throws: InputError.self) { try Catalog.load(path: "/tmp") }
  #expect(
    error?.description == """
      /tmp: this folder (--calibration) holds no calibration; expected a folder with gpus/ and \
      models/ in it
      """)
}

@Test func `the reference documents every key that the readers know`() throws {
  let root = SharedData.packageRoot
  let folder = root.appending(path: "Sources/Scenarios/Parsing")
  let reference = try String(
    contentsOf: root.appending(path: "docs/scenario-reference.md"), encoding: .utf8)
  var keys: Set<String> = []
  for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
    let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    for match in source.matches(of: /(?:yaml\??\.optional\(|yaml\[|\$0\[|length\()"([a-z0-9_]+)"/) {
      keys.insert(String(match.output.1))
    }
  }
  #expect(keys.count > 45)
  for key in keys.sorted() {
    let isThere = reference.contains("`\(key)`") || reference.contains("\(key):")
    #expect(isThere, "\(key) is not documented")
  }
}
