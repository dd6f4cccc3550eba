/// How soon, and how far at once, a router that learns on line follows what it sees.
public struct RouterMemory: Hashable, Sendable {
  /// Requests over which it averages, and after which its price follows no slower.
  public var requests: Double
  /// Requests that are taken to have drawn what was projected, before any has been measured.
  public var priorRequests: Double
  /// Requests before which its price moves no faster than after them.
  public var steadyingRequests: Double
  /// Right answers that an option in the middle is worth to one who knows nothing of queries to
  /// come, at the first.
  public var firstWorth: Double
  /// Times the joule budget that a request counts at most: one must not settle the price by itself.
  public var mostBudgets: Double

  public init(
    requests: Double, priorRequests: Double, steadyingRequests: Double, firstWorth: Double,
    mostBudgets: Double
  ) {
    precondition(requests >= steadyingRequests && steadyingRequests >= 1, "too short a memory")
    precondition(priorRequests >= 0, "\(priorRequests) requests before the first")
    self.requests = requests
    self.priorRequests = priorRequests
    self.steadyingRequests = steadyingRequests
    self.firstWorth = firstWorth
    self.mostBudgets = mostBudgets
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
