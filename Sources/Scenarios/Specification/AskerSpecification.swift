internal import NumericalMethods
public import Quantities
internal import Workloads

/// How urgent queries are and how long their askers wait, as a scenario writes it; nil where it
/// says nothing.
public struct AskerSpecification: Hashable, Sendable {
  public var priorities: [PriorityShare]?
  /// Given up by the server's client when it is over.
  public var timeout: DurationSpecification?
  /// Given up by the asker when it is over.
  public var patience: DurationSpecification?

  public struct PriorityShare: Hashable, Sendable {
    /// Lower is more urgent.
    public var level: Int
    /// Relative to the sum over the levels.
    public var share: Double
  }

  public var isEmpty: Bool { self == AskerSpecification() }
  public var givesUp: Bool { timeout != nil || patience != nil }

  /// These, with `general` where they say nothing.
  func completed(by general: AskerSpecification) -> AskerSpecification {
    AskerSpecification(
      priorities: priorities ?? general.priorities, timeout: timeout ?? general.timeout,
      patience: patience ?? general.patience)
  }

  /// What the stream of queries is made with.
  var traits: AskerTraits {
    AskerTraits(
      priorities: priorities.map { levels in PriorityMix(levels.map { ($0.level, $0.share) }) },
      timeout: timeout?.distribution, patience: patience?.distribution)
  }
}

/// A distribution of times as a scenario writes it.
public struct DurationSpecification: Hashable, Sendable {
  public enum Law: Hashable, Sendable {
    case constant(SimDuration)
    case exponential(mean: SimDuration)
    /// By the mean of the time itself and the standard deviation of its logarithm.
    case logNormal(mean: SimDuration, logSD: Double)
  }

  public var law: Law
  /// Draws beyond are cut to it.
  public var longest: SimDuration?

  var distribution: DurationDistribution {
    switch law {
    case .constant(let duration): .exactly(duration)
    case .exponential(let mean):
      DurationDistribution(ExponentialDistribution(mean: mean.seconds), maximum: longest)
    case .logNormal(let mean, let logSD):
      DurationDistribution(
        LogNormalDistribution(mean: mean.seconds, logSD: logSD), maximum: longest)
    }
  }
}
