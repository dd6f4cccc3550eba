public import FleetEngine

/// Which arm (model and strategy) a request gets.
public protocol ArmChoice: Sendable {
  /// An index into the fleet's arms. Called once per request, in order of arrival.
  mutating func chooseArm(for request: RequestView, in fleet: FleetView) -> Int

  /// As those of `ServingPolicy`.
  var learns: Bool { get }
  mutating func requestEnded(_ ended: EndedRequest)
  mutating func answerJudged(_ ended: EndedRequest, isCorrect: Bool)
}

/// Most choices do not learn.
extension ArmChoice {
  public var learns: Bool { false }
  public mutating func requestEnded(_ ended: EndedRequest) {}
  public mutating func answerJudged(_ ended: EndedRequest, isCorrect: Bool) {}
}
