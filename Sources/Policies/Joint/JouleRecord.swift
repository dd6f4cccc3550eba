/// What a router's projections of joules came to, by task and arm: a ratio by which the next
/// projection is corrected.
///
/// Projected joules are averaged over decisions, measured ones over requests as they end, both with
/// the same memory: no request has to be remembered. The ratio of the two is drawn towards 1 by
/// `RouterMemory.priorRequests` that were as projected.
struct JouleRecord: Hashable, Sendable {
  private let armCount: Int
  private let memory: RouterMemory
  /// By task, then arm.
  private var projected: [RunningMean] = []
  private var measured: [RunningMean] = []

  init(armCount: Int, memory: RouterMemory) {
    self.armCount = armCount
    self.memory = memory
  }

  mutating func projected(_ joules: Double, task: Int, arm: Int) {
    projected[place(task, arm)].add(joules, memory: memory.requests)
  }

  mutating func measured(_ joules: Double, task: Int, arm: Int) {
    measured[place(task, arm)].add(joules, memory: memory.requests)
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
