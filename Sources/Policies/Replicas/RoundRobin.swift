public import FleetEngine

/// Each replica in its turn, whatever its load.
///
/// Takes the candidate whose last turn is longest past, the first listed among those that never
/// had one. For one set of candidates that is plain rotation; where arms share replicas, turns
/// under one arm count under the others, so that no interleaving of arms starves a replica.
///
/// A choice takes a step for each set of candidates that was ever asked for, whatever their size.
public struct RoundRobin: RequestBlindReplicaChoice {
  /// By replica: the number of the choice that it last won; 0 for none yet.
  private var lastTurn: [Int] = []
  private var turn = 0
  /// One for each set of candidates so far.
  private var lines: [WaitingLine] = []

  public init() {}

  public mutating func choose(among candidates: ReplicaSet, in fleet: FleetView) -> Int {
    precondition(!candidates.isEmpty, "no replica to choose from")
    let line = line(of: candidates, fleetSize: fleet.replicas.count)
    let chosen = lines[line].first
    turn += 1
    lastTurn[chosen] = turn
    for index in lines.indices { lines[index].sendToBack(chosen) }
    return chosen
  }

  private mutating func line(of candidates: ReplicaSet, fleetSize: Int) -> Int {
    if let known = lines.firstIndex(where: { $0.members == candidates }) { return known }
    while lastTurn.count < fleetSize { lastTurn.append(0) }
    lines.append(WaitingLine(candidates, lastTurn: lastTurn))
    return lines.count - 1
  }
}

/// Candidates in the order of their last turns: a ring of links, one place for each replica of the
/// fleet and one, the last, for the line's front and back.
private struct WaitingLine {
  let members: ReplicaSet
  private var next: [Int]
  private var previous: [Int]
  private static let absent = -1

  init(_ members: ReplicaSet, lastTurn: [Int]) {
    self.members = members
    next = Array(repeating: Self.absent, count: lastTurn.count + 1)
    previous = next
    let door = lastTurn.count
    (next[door], previous[door]) = (door, door)
    // Those without a turn keep the order in which they are listed.
    let order = members.enumerated().sorted {
      (lastTurn[$0.element], $0.offset) < (lastTurn[$1.element], $1.offset)
    }
    for (_, replica) in order { append(replica) }
  }

  private var door: Int { next.count - 1 }
  var first: Int { next[door] }

  /// Moves a replica behind all others, if it is in the line.
  mutating func sendToBack(_ replica: Int) {
    guard replica < door, next[replica] != Self.absent else { return }
    let (before, after) = (previous[replica], next[replica])
    next[before] = after
    previous[after] = before
    append(replica)
  }

  private mutating func append(_ replica: Int) {
    let last = previous[door]
    (next[last], previous[replica]) = (replica, last)
    (next[replica], previous[door]) = (door, replica)
  }
}
