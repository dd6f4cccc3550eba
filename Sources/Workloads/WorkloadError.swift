/// A workload that contradicts itself, with what would be right.
public struct WorkloadError: Error, Hashable, Sendable, CustomStringConvertible {
  public var problem: String
  public var expectation: String

  public init(problem: String, expectation: String) {
    self.problem = problem
    self.expectation = expectation
  }

  public var description: String { "\(problem); expected \(expectation)" }
}
