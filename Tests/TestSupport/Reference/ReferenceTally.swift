import DeviceModels
public import Quantities

/// Counts of what happened on one replica, or on all.
public struct ReferenceTally: Sendable {
  public var iterations = 0
  public var decodeIterations = 0
  public var decodeRowSum = 0
  /// Tokens computed by chunks, those computed again included.
  public var prefillTokens = 0
  public var outputTokens = 0
  public var preemptions = 0
  /// Preempted samples that came back while a sibling held their prompt.
  public var sharedResumes = 0
  /// Chunks that did not complete their prompt.
  public var partialChunks = 0
  /// Iterations with both decode rows and chunks.
  public var mixedIterations = 0
  /// Requests preempted with part of their prompt computed.
  public var restartedPrompts = 0
  /// Samples that the length limit of the model cut short.
  public var cutSamples = 0
  public var busyTime = SimDuration.zero
  public var activeEnergy = Energy.zero

  public init() {}

  mutating func count(_ iteration: ReferenceIteration) {
    let shape = iteration.shape
    iterations += 1
    if shape.decodeRows > 0 { decodeIterations += 1 }
    if shape.decodeRows > 0, shape.prefillChunks > 0 { mixedIterations += 1 }
    decodeRowSum += shape.decodeRows
    prefillTokens += shape.prefillTokens
    busyTime += iteration.cost.duration
    activeEnergy += iteration.cost.energy
  }

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.iterations += b.iterations
    sum.decodeIterations += b.decodeIterations
    sum.decodeRowSum += b.decodeRowSum
    sum.prefillTokens += b.prefillTokens
    sum.outputTokens += b.outputTokens
    sum.preemptions += b.preemptions
    sum.sharedResumes += b.sharedResumes
    sum.partialChunks += b.partialChunks
    sum.mixedIterations += b.mixedIterations
    sum.restartedPrompts += b.restartedPrompts
    sum.cutSamples += b.cutSamples
    sum.busyTime += b.busyTime
    sum.activeEnergy += b.activeEnergy
    return sum
  }
}
