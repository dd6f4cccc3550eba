internal import Quantities

/// Requests that are given up.
extension FleetRun {
  /// The time or patience of a request is over: it leaves at the next boundary.
  mutating func giveUp(_ event: GivingUp) {
    let slot = event.request.slot
    // What waits for its siblings to stop has its answer.
    if requests[slot].hasCourse, requests[slot].course?.decided != nil { return }
    requests[slot].givenUpAs = event.outcome
    requests[slot].isGivenUp = true
    leave(event.request, at: event.time)
  }

  /// A request is to leave its replica at the first boundary from `now` on.
  mutating func leave(_ request: RequestReference, at now: SimTime) {
    let replica = requests[request.slot].record.replica
    replicas[replica].givenUp.append(request)
    leaving += 1
    cut(replica, at: now)
  }

  /// Whether requests that were given up leave `replica` with the iteration that ends now.
  ///
  /// They do not where it is not its turn: replicas end in order of index, and what has arrived
  /// since its turn, with no time at all, leaves before new iterations form.
  mutating func takeGivenUpInTurn(of replica: Int) -> Bool {
    guard replica > lastEnded else { return false }
    return takeGivenUp(of: replica)
  }

  private mutating func takeGivenUp(of replica: Int) -> Bool {
    let count = replicas[replica].givenUp.count
    leaving -= count
    return count > 0
  }

  /// Of the replicas that are about to form an iteration the first that holds requests given up
  /// lets them go. False where there is none.
  mutating func dropGivenUp(at now: SimTime, observer: inout some RunObserver) throws -> Bool {
    guard leaving > 0 else { return false }
    // Every replica has had its turn.
    lastEnded = .max
    var first = Int.max
    for position in 0..<forming.count {
      let replica = Int(forming[position])
      if replicas[replica].givenUp.count > 0 { first = min(first, replica) }
    }
    guard first < .max, takeGivenUp(of: first) else { return false }
    replicas[first].removeGivenUp(at: now, &requests)
    replicas[first].settleRest(&requests)
    replicas.noteLoad(of: first)
    try recordEnded(at: now, observer: &observer)
    return true
  }
}
