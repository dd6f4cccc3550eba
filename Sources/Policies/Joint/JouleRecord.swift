/// What a router's projections of joules came to, by task and arm: a ratio by which the next
/// projection is corrected.
///
/// It is that of the mean measured to the mean projected joules of the same requests, those that
/// have completed. It is drawn towards 1 by `RouterMemory.priorRequests` that were as projected.
struct JouleRecord: Hashable, Sendable {
  private let armCount: Int
  private let memory: RouterMemory
  /// Projected joules of the requests in flight, by their number.
  private var inFlight: [UInt64: Double] = [:]
  /// By task, then arm, of requests that have completed.
  private var projected: [RunningMean] = []
  private var measured: [RunningMean] = []

  init(armCount: Int, memory: RouterMemory) {
    self.armCount = armCount
    self.memory = memory
  }

  /// A request was sent on its way, for which so much was projected.
  mutating func began(_ request: UInt64, projected joules: Double) { inFlight[request] = joules }

  /// A request has left the fleet; `joules` is nil where it did not complete.
  mutating func ended(_ request: UInt64, task: Int, arm: Int, joules: Double?) {
    guard let expected = inFlight.removeValue(forKey: request), let joules else { return }
    let place = place(task, arm)
    projected[place].add(expected, memory: memory.requests)
    measured[place].add(joules, memory: memory.requests)
  }

  /// Measured over projected joules.
  func ratio(task: Int, arm: Int) -> Double {
    let index = task * armCount + arm
    guard measured.indices.contains(index), projected[index].value > 0 else { return 1 }
    let (count, prior) = (measured[index].count, memory.priorRequests)
    let seen = measured[index].value / projected[index].value
    return (prior + count * seen) / (prior + count)
  }

  /// Grows with the tasks that are met.
  private mutating func place(_ task: Int, _ arm: Int) -> Int {
    while projected.count < (task + 1) * armCount {
      projected.append(RunningMean())
      measured.append(RunningMean())
    }
    return task * armCount + arm
  }
}
