public import FleetEngine
public import Quantities

/// What the reference knows of one request at its end: the stored fields of a `RequestRecord`.
public struct ReferenceRecord: Sendable {
  public var id: UInt64
  public var task: Int
  public var arm: Int
  public var replica: Int
  public var outcome: RequestOutcome
  public var arrival: SimTime
  public var firstScheduled: SimTime
  public var firstToken: SimTime
  public var firstAnswerToken: SimTime
  public var end: SimTime
  public var promptTokens: Int
  public var cachedPromptTokens: Int
  public var outputTokens: Int
  public var reasoningTokens: Int
  public var samples: Int
  public var preemptions: Int
  public var timePerOutputToken: SimDuration?
  public var prefillEnergy: Energy
  public var decodeEnergy: Energy
  public var isCorrect: Bool?
}
