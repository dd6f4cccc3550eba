internal import FleetEngine

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// What a learning policy goes by: the task, the length of the prompt, the estimate of difficulty
/// where there is one, and the declared columns of numbers.
public struct QueryDescription: Hashable, Sendable {
  public let taskCount: Int
  public let columnCount: Int
  public let usesEstimate: Bool

  public init(taskCount: Int, columnCount: Int = 0, usesEstimate: Bool = false) {
    self.taskCount = taskCount
    self.columnCount = columnCount
    self.usesEstimate = usesEstimate
  }

  var featureCount: Int { taskCount + 1 + (usesEstimate ? 1 : 0) + columnCount }

  /// One of the tasks, each of the others of the order of 1.
  func features(_ request: RequestView) -> [Double] {
    var features = [Double](repeating: 0, count: featureCount)
    features[min(request.task, taskCount - 1)] = 1
    // A prompt of a thousand tokens is 1: logarithms keep long ones from ruling the fit.
    features[taskCount] = log2(1 + Double(request.promptTokens)) / 10
    var next = taskCount + 1
    if usesEstimate {
      features[next] = request.estimatedDifficulty ?? 0.5
      next += 1
    }
    let numbers = request.columns
    for column in 0..<min(columnCount, numbers.count) { features[next + column] = numbers[column] }
    return features
  }
}
