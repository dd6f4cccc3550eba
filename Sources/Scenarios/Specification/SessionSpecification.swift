public import Quantities
internal import Workloads

/// Conversations drawn from distributions.
public struct SessionSpecification: Sendable {
  /// Sessions started per second over the whole fleet, independent of each other.
  public var rate: Double
  /// Queries of a session.
  public var turns: LengthSpecification
  /// From the end of an answer to the next message.
  public var thinkTime: DurationSpecification
  /// Tokens that begin every prompt of a session; nil for none.
  public var systemPrompt: LengthSpecification?
  /// Sessions of one group share their system prompt.
  public var groupCount: Int
  /// Tokens of one prefix block.
  public var prefixBlockTokens: Int
  /// A session ends before a turn whose prompt and answer would be longer; nil for no limit.
  public var contextLimit: Int?
  /// No session starts later; nil where only the number ends the stream.
  public var duration: SimDuration?
  /// Most sessions; nil where only the duration ends the stream.
  public var sessionCount: Int?
  /// Nil for a constant rate.
  public var dailyProfile: DailyProfile?
  public var tasks: [TaskShare]

  /// Of the stream of starts.
  var length: StreamLength {
    StreamLength(rate: rate, profile: dailyProfile, duration: duration, count: sessionCount)
  }
}

/// What ends a stream of arrivals, and how far it goes.
struct StreamLength {
  /// Per second; nil where completions decide.
  var rate: Double?
  var profile: DailyProfile?
  var duration: SimDuration?
  var count: Int?

  /// When the last arrival is expected, seconds; nil where the stream takes its own time.
  var expectedSeconds: Double? {
    get throws {
      guard let rate else { return nil }
      let multiplier = try profile?.rateProfile().meanMultiplier ?? 1
      let byCount = count.map { Double($0) / (rate * multiplier) } ?? .infinity
      return min(byCount, duration?.seconds ?? .infinity)
    }
  }

  /// How many arrivals are expected; nil where nothing says.
  var expectedCount: Int? {
    guard let rate, let duration else { return count }
    var factor = duration.seconds
    if let profile, let rates = try? profile.rateProfile() {
      let start = profile.start.seconds
      factor = rates.rescaledTime(at: start + duration.seconds) - rates.rescaledTime(at: start)
    }
    let expected = rate * factor
    guard expected < 1e15 else { return count }
    return min(Int(expected.rounded()), count ?? .max)
  }
}
