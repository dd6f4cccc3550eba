/// How soon a router that learns on line follows what it sees.
public struct RouterMemory: Hashable, Sendable {
  /// Requests over which it averages, and after which its price follows no slower.
  public var requests: Double
  /// Requests that are taken to have drawn what was projected, before any has been measured.
  public var priorRequests: Double
  /// Requests before which its price moves no faster than after them.
  public var steadyingRequests: Double

  public init(requests: Double, priorRequests: Double, steadyingRequests: Double) {
    precondition(requests >= steadyingRequests && steadyingRequests >= 1, "too short a memory")
    precondition(priorRequests >= 0, "\(priorRequests) requests before the first")
    self.requests = requests
    self.priorRequests = priorRequests
    self.steadyingRequests = steadyingRequests
  }
}

/// A mean that forgets: over so many samples at most.
struct RunningMean: Hashable, Sendable {
  private(set) var value = 0.0
  private(set) var count = 0.0

  mutating func add(_ sample: Double, memory: Double) {
    count = min(memory, count + 1)
    value += (sample - value) / count
  }
}
