public import Foundation

/// The script that draws the charts: Vega, Vega-Lite and their embedding, in one file.
///
/// It is another project's work (BSD-3) and not part of this repository;
/// `scripts/fetch-vega.sh` puts it where this looks.
public enum VegaBundle {
  static let fileName = "vega-bundle.js"
  static let howToGet = "Run scripts/fetch-vega.sh once, then write the report again."

  /// The bundle's text: from the path in `JOULEFLEET_VEGA`, from `.vega/` in a folder above the
  /// program or the working directory, or from the user's share; nil if it is in none.
  public static func find(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    for url in candidates(environment: environment) {
      guard let text = try? String(contentsOf: url, encoding: .utf8) else { continue }
      // Where the text ended its own element, what follows would be shown as page.
      if !text.lowercased().contains("</script") { return text }
    }
    return nil
  }

  static func candidates(environment: [String: String]) -> [URL] {
    var found: [URL] = []
    if let path = environment["JOULEFLEET_VEGA"], !path.isEmpty {
      found.append(URL(filePath: path))
    }
    let program = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
    let here = URL(filePath: FileManager.default.currentDirectoryPath)
    for start in [program.deletingLastPathComponent(), here] {
      found.append(contentsOf: ancestors(of: start).map { $0.appending(path: ".vega/\(fileName)") })
    }
    if let home = environment["HOME"], !home.isEmpty {
      found.append(
        URL(filePath: home).appending(path: ".local/share/joulefleet/\(fileName)"))
    }
    return found
  }

  private static func ancestors(of folder: URL) -> [URL] {
    var chain = [folder.standardizedFileURL]
    while let last = chain.last, last.path != "/", chain.count < 64 {
      chain.append(last.deletingLastPathComponent())
    }
    return chain
  }
}
