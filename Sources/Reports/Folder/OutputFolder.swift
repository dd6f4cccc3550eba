public import Foundation

/// A folder of results that is complete or absent, never half-written.
///
/// Everything is written into a hidden folder beside the destination, which takes its place in
/// the end. An error, and an interruption where `InterruptGuard` is installed, removes it.
public enum OutputFolder {
  /// What this program writes into a folder; anything else there is somebody's own.
  private static let names: Set = [
    "summary.json", "report.html", Bibliography.fileName, RunTables.requestsName,
    RunTables.seriesName, CurvePage.csvName, "scenario.yaml",
  ]

  /// Throws unless `destination` is free, an empty folder, or a folder of earlier results and
  /// nothing else.
  public static func check(_ destination: URL) throws {
    let path = destination.resolvingSymlinksInPath().path
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let contents = try? FileManager.default.contentsOfDirectory(atPath: path),
      contents.isEmpty || (holdsResults(path) && contents.allSatisfy(names.contains))
    else { throw OutputError.occupied(path: destination.relativePath) }
  }

  /// Calls `write` with an empty folder, and puts it in the place of `destination` if that
  /// succeeds; otherwise leaves everything as it was and rethrows.
  public nonisolated(nonsending) static func write<Outcome>(
    to destination: URL, _ write: nonisolated(nonsending) (URL) async throws -> Outcome
  ) async throws -> Outcome {
    try check(destination)
    let place = destination.resolvingSymlinksInPath()
    let staging = try StagingFolder(beside: place)
    do {
      let outcome = try await write(staging.url)
      try Task.checkCancellation()
      try check(destination)
      try staging.move(to: place)
      return outcome
    } catch {
      staging.remove()
      throw error
    }
  }

  private static func holdsResults(_ path: String) -> Bool {
    struct Marker: Decodable {
      var schemaVersion: Int
      enum CodingKeys: String, CodingKey { case schemaVersion = "schema_version" }
    }
    let file = URL(filePath: path).appending(path: "summary.json")
    guard let data = try? Data(contentsOf: file) else { return false }
    return (try? JSONDecoder().decode(Marker.self, from: data)) != nil
  }
}
