internal import Foundation
internal import GRDB
internal import Scenarios

/// The results of a sweep in one SQLite file.
///
/// A unit is written in one transaction, so a process that is killed loses only the units in
/// progress; the primary keys refuse a unit that is there already. In write-ahead mode others
/// read while a sweep writes.
public struct SweepStore: Sendable {
  public let path: String
  public let identity: SweepIdentity
  private let database: DatabaseQueue

  /// Opens the sweep at `path`, or creates it; an `InputError` where the file is of another.
  public static func open(path: String, identity: SweepIdentity) throws -> SweepStore {
    let exists = FileManager.default.fileExists(atPath: path)
    let database = try connect(path)
    if exists, try database.read({ try $0.tableExists("sweep") }) {
      let store = SweepStore(path: path, identity: try readIdentity(database), database: database)
      let differences = identity.differences(from: store.identity)
      guard differences.isEmpty else {
        throw InputError(
          file: path,
          problem: "the file holds another sweep: \(differences.joined(separator: ", ")) differ",
          expectation: "the same command to go on with it, or another --output")
      }
      return store
    }
    let isEmpty = try database.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") == 0
    }
    guard isEmpty else { throw foreign(path) }
    try written(path) {
      try database.write { try SweepSchema.create(in: $0, identity: identity) }
    }
    return SweepStore(path: path, identity: identity, database: database)
  }

  /// Opens a sweep that is there.
  public static func open(existing path: String) throws -> SweepStore {
    if let problem = InputFile.problem(at: path) { throw problem }
    let database = try connect(path)
    guard (try? database.read { try $0.tableExists("sweep") }) == true else { throw foreign(path) }
    return SweepStore(path: path, identity: try readIdentity(database), database: database)
  }

  private static func foreign(_ path: String) -> InputError {
    InputError(
      file: path, problem: "the file holds no sweep", expectation: "one that a sweep has written")
  }

  private static func connect(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.journalMode = .wal
    // Another process may be reading or, as a collector, writing.
    configuration.busyMode = .timeout(30)
    do {
      return try DatabaseQueue(path: path, configuration: configuration)
    } catch let error as DatabaseError {
      throw InputError(
        file: path, problem: "the file cannot be opened: \(error.message ?? "\(error)")",
        expectation: "a SQLite file of a sweep, or a name in a folder that can be written")
    }
  }

  private static func readIdentity(_ database: DatabaseQueue) throws -> SweepIdentity {
    let text = try database.read { try String.fetchOne($0, sql: "SELECT identity FROM sweep") }
    return try JSONDecoder().decode(SweepIdentity.self, from: Data((text ?? "").utf8))
  }

  /// Every unit of the sweep, in order: points, and within them replications.
  public func units() throws -> [SweepUnit] { try identity.design().units() }

  /// The units that have no result yet, in order.
  public func pendingUnits() throws -> [SweepUnit] {
    let done = try database.read { database in
      Set(
        try Row.fetchAll(database, sql: "SELECT point, replication FROM units")
          .map { UnitKey(point: $0[0], replication: $0[1]) })
    }
    return try units().filter {
      !done.contains(UnitKey(point: $0.point.index, replication: $0.replication))
    }
  }

  private struct UnitKey: Hashable {
    var point: Int
    var replication: Int
  }

  /// Writes what came of a unit; nothing where it is there already.
  public func record(_ outcome: SweepOutcome) throws {
    try Self.written(path) {
      try database.write { try SweepSchema.insert(outcome, into: $0) }
    }
  }

  /// Why units could not be simulated, in their order.
  public func problems() throws -> [String] {
    try database.read {
      try String.fetchAll(
        $0,
        sql: "SELECT problem FROM units WHERE problem IS NOT NULL ORDER BY point, replication")
    }
  }

  /// Reads with the store's own connection.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try database.read(body)
  }

  /// Moves everything into the one file and closes it.
  public func close() throws {
    try Self.written(path) {
      try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      try database.close()
    }
  }

  /// What the disk refuses is no fault of the program, and what was written before is kept;
  /// anything else that SQLite refuses is one.
  private static func written(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as DatabaseError {
      let kept = "what is done is kept, the same command goes on"
      switch error.resultCode {
      case .SQLITE_FULL:
        throw InputError(
          file: path, problem: "the disk is full",
          expectation: "room for the results: \(kept)")
      case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN:
        throw InputError(
          file: path, problem: "the file cannot be written: \(error.message ?? "\(error)")",
          expectation: "a file that can be: \(kept)")
      default: throw error
      }
    }
  }
}
