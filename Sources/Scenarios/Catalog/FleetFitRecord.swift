/// The logs of a fleet that a fit was made from: the `fleet` section of its file.
public struct FleetFitRecord: Hashable, Sendable {
  public struct File: Hashable, Sendable {
    /// Below the folder of logs.
    public var path: String
    /// Lower-case hexadecimal.
    public var sha256: String

    public init(path: String, sha256: String) {
      self.path = path
      self.sha256 = sha256
    }
  }

  public var files: [File]
  /// Runs that the fit did not use, by which it can be checked.
  public var keptBack: [String]
  /// What a client saw of each request beyond the engine, s; nil where no log tells it.
  public var clientOverhead: Measured?

  public init(files: [File], keptBack: [String], clientOverhead: Measured?) {
    self.files = files
    self.keptBack = keptBack
    self.clientOverhead = clientOverhead
  }

  init(_ yaml: YAMLMapping) throws {
    clientOverhead = try yaml.optional("client_overhead")?.measured(unit: "s", .nonNegative)
    keptBack = try yaml["kept_back"].list(atLeast: 0) { try $0.string() }
    files = try yaml["files"].list { entry in
      try entry.mapping {
        File(path: try $0["path"].string(), sha256: try $0["sha256"].string())
      }
    }
  }
}
