public import Quantities

/// A run whose books do not balance: a fault of the program, never of its input.
public struct ConservationError: Error, CustomStringConvertible, Sendable {
  public let law: String
  public let detail: String

  public var description: String { "\(law) violated: \(detail)" }
}

/// The accounts of a finished run, each kept by a part of the engine of its own.
public struct RunAccounts: Sendable {
  public var arrived: Int
  public var completed: Int
  public var rejected: Int
  /// Timed out or cancelled.
  public var givenUp: Int
  public var inFlight: Int
  /// Energy in the records of all requests, as they were handed out.
  public var attributed: Energy
  /// Prefill and decode energy by the replicas' meters.
  public var active: Energy
  public var idle: Energy
  /// Integral of the power series.
  public var integral: Energy
  /// Busy and idle time of all replicas, and the run's length times their number.
  public var busyTime: SimDuration
  public var idleTime: SimDuration
  public var replicaTime: SimDuration
  public var kvBlocksHeld: Int
  /// Free blocks that hold prefixes, by the account of blocks; and blocks of the prefixes that the
  /// cache knows and nobody holds, counted one by one.
  public var kvBlocksUnheld: Int
  public var kvBlocksCached: Int
  public var pendingTokens: Int

  /// Throws at the first law that does not hold. All of them are exact.
  public func audit() throws {
    func require(_ holds: Bool, _ law: String, _ detail: @autoclosure () -> String) throws {
      guard !holds else { return }
      throw ConservationError(law: law, detail: detail())
    }
    try require(
      arrived == completed + rejected + givenUp + inFlight && inFlight == 0,
      "request conservation",
      "\(arrived) arrived, \(completed) completed, \(rejected) rejected, \(givenUp) given up, "
        + "\(inFlight) in flight")
    try require(
      attributed == active, "energy attribution",
      "requests bear \(attributed.quanta) quanta, the replicas' iterations drew \(active.quanta)")
    try require(
      attributed + idle == integral, "energy balance",
      "attributed \(attributed.quanta) + idle \(idle.quanta) quanta, integral of power "
        + "\(integral.quanta)")
    try require(
      busyTime + idleTime == replicaTime, "time balance",
      "busy \(busyTime.seconds) s + idle \(idleTime.seconds) s of \(replicaTime.seconds) s")
    try require(
      kvBlocksHeld == 0 && pendingTokens == 0, "block conservation",
      "\(kvBlocksHeld) KV blocks held and \(pendingTokens) tokens pending after the last request")
    try require(
      kvBlocksUnheld == kvBlocksCached, "prefix cache conservation",
      "\(kvBlocksUnheld) KV blocks hold prefixes, those in the cache keep \(kvBlocksCached)")
  }
}
