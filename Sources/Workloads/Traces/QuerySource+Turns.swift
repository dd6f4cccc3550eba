public import Quantities

extension QuerySource {
  /// Reads the source to its end, the turns of a session right after each other as if no answer
  /// took time: `body` gets every query, and the think time before it where it follows another.
  public mutating func forEachTurn(
    _ body: (_ query: Query, _ thinkTime: SimDuration?) throws -> Void
  ) throws {
    while var query = try next() {
      try body(query, nil)
      while let following = try followUp(to: query, endedAt: query.arrival) {
        try body(following, following.arrival - query.arrival)
        query = following
      }
    }
  }
}
