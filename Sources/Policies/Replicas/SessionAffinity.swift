public import FleetEngine

/// The replica that served the session's last turn, whose prefix cache may still hold what the
/// next one repeats; the least loaded one for first turns and for requests without a session.
///
/// It remembers the sessions that came last, at least `rememberedSessions` and at most twice as
/// many: when as many have come as it remembers, those that did not come since the time before are
/// forgotten, and their next turn counts as a first. A turn whose arm the remembered replica does
/// not serve goes to the least loaded one, which is remembered from then on.
public struct SessionAffinity: ReplicaChoice {
  public let rememberedSessions: Int
  private var leastLoaded = LeastLoaded()
  /// Replica by session: those that came lately, and those before them.
  private var recent: [UInt64: Int] = [:]
  private var older: [UInt64: Int] = [:]

  /// `rememberedSessions` ≥ 1.
  public init(rememberedSessions: Int = 65_536) {
    precondition(rememberedSessions >= 1, "\(rememberedSessions) sessions to remember")
    self.rememberedSessions = rememberedSessions
  }

  public mutating func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int {
    guard let session = request.session else {
      return leastLoaded.choose(among: candidates, in: fleet)
    }
    let last = recent[session] ?? older[session]
    let chosen =
      if let last, candidates.ranges.contains(where: { $0.contains(last) }) { last } else {
        leastLoaded.choose(among: candidates, in: fleet)
      }
    remember(chosen, for: session)
    return chosen
  }

  private mutating func remember(_ replica: Int, for session: UInt64) {
    if recent[session] == nil, recent.count == rememberedSessions {
      (older, recent) = (recent, [:])
    }
    recent[session] = replica
  }
}
