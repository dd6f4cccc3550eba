internal import FleetEngine
internal import Foundation
internal import Quantities

/// What is said between the program and a policy process: docs/policies.md has the protocol.
final class ProcessConversation: @unchecked Sendable {
  struct Names: Sendable {
    var policy: String
    var arms: [String]
    var tasks: [String]
    var features: [String]
    var mode: String
  }

  private let names: Names
  private let process: LineProcess
  private let speed: ProcessSpeed
  private var text = JSONText()

  /// Starts the process and tells it what it is going to be asked about.
  init(
    _ specification: ProcessSpecification, names: Names, fleet: FleetView, speed: ProcessSpeed
  ) throws {
    self.names = names
    self.speed = speed
    process = try LineProcess(
      specification.command, folder: specification.folder, place: specification.place)
    text.open("{")
    text.key("joulefleet")
    text.value(1)
    for (key, values) in [
      ("arms", names.arms), ("tasks", names.tasks), ("features", names.features),
    ] {
      text.key(key)
      text.open("[")
      for value in values { text.value(value) }
      text.close("]")
    }
    text.key("mode")
    text.value(names.mode)
    text.key("replicas")
    text.open("{")
    for (arm, replicas) in zip(names.arms, fleet.replicasByArm) {
      text.key(arm)
      text.open("[")
      for replica in replicas { text.value(replica) }
      text.close("]")
    }
    text.close("}")
    text.close("}")
    text.endLine()
    func subject(_: Int) -> String { Self.greeting }
    try process.exchange(text.bytes, count: 1, subject: subject) { line in
      var scanner = PolicyLineScanner(line)
      try understand(line, Self.greeting, expected: "a JSON object, as {}, in a line") {
        try scanner.object { _, _ in }
      }
    }
  }

  private static let greeting = "the greeting"

  /// Decisions on `requests`, in their order; with the state of the fleet where that counts.
  func decide(_ requests: [RequestView], in fleet: FleetView?) throws -> [DecisionLine] {
    text.removeAll()
    if let fleet { append(fleet) }
    for request in requests { append(request) }
    var decisions: [DecisionLine] = []
    decisions.reserveCapacity(requests.count)
    let start = ContinuousClock.now
    func subject(_ index: Int) -> String { "query \(requests[index].id)" }
    try process.exchange(text.bytes, count: requests.count, subject: subject) { line in
      let id = requests[decisions.count].id
      try understand(line, "query \(id)") {
        decisions.append(try DecisionLine(line, armNames: names.arms))
      }
    }
    speed.seconds += (ContinuousClock.now - start) / .seconds(1)
    speed.decisions += requests.count
    return decisions
  }

  private func understand(
    _ line: ArraySlice<UInt8>, _ what: String, expected expectation: String? = nil,
    _ read: () throws -> Void
  ) throws {
    do {
      try read()
    } catch let error as PolicyLineError {
      let words = String(decoding: line.prefix(80), as: UTF8.self)
      let quoted = words.allSatisfy(\.isWhitespace) ? "an empty line" : "\"\(words)\""
      var failure = process.failure("answered \(what) with \(quoted), which \(error.problem)")
      failure.expectation = expectation ?? error.expectation
      failure.suggestion = error.suggestion
      throw failure
    }
  }

  private func append(_ fleet: FleetView) {
    text.open("{")
    text.key("fleet")
    text.open("{")
    text.key("time")
    text.value(fleet.now.seconds)
    let replicas = fleet.replicas
    for (key, value) in [
      ("waiting", \ReplicaView.waitingRequests), ("running", \.runningRows),
      ("pending_prompt_tokens", \.pendingPromptTokens),
    ] as [(String, KeyPath<ReplicaView, Int>)] {
      text.key(key)
      text.open("[")
      for replica in replicas { text.value(replica[keyPath: value]) }
      text.close("]")
    }
    text.key("kv_used")
    text.open("[")
    for replica in replicas { text.value(replica.kvShareUsed) }
    text.close("]")
    text.close("}")
    text.close("}")
    text.endLine()
  }

  private func append(_ request: RequestView) {
    text.open("{")
    text.key("id")
    text.value(request.id)
    text.key("time")
    text.value(request.arrival.seconds)
    text.key("task")
    text.value(names.tasks[request.task])
    text.key("prompt_tokens")
    text.value(request.promptTokens)
    if let session = request.session {
      text.key("session")
      text.value(session)
    }
    if let estimate = request.estimatedDifficulty {
      text.key("estimate")
      text.value(estimate)
    }
    if !request.columns.isEmpty {
      text.key("features")
      text.open("[")
      for number in request.columns { text.value(number) }
      text.close("]")
    }
    if !request.texts.isEmpty {
      text.key("texts")
      text.open("[")
      for words in request.texts { text.value(words) }
      text.close("]")
    }
    text.close("}")
    text.endLine()
  }
}
