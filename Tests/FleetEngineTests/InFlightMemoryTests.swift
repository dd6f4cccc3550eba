import AnswerModels
import Quantities
import TestSupport
import Testing
import Workloads

@testable import FleetEngine

/// What is stored follows what is in flight, however much has been.
struct InFlightMemoryTests {
  private func request(_ id: UInt64, timeout: Int128) -> LiveRequest {
    var query = Query(id: id, arrival: .zero, task: 0, promptTokens: 1)
    query.context.timeout = SimDuration(ticks: timeout)
    query.context.prefixBlockIDs = [id]
    return LiveRequest(
      query: query,
      record: LiveRecord(arm: 0, replica: 0, promptTokens: 1, samples: 1),
      firstLengths: ServedLengths(
        .init(reasoningTokens: 0, answerTokens: 1), headStart: 0, promptTokens: 1, limit: 2),
      samplesLeft: 1, sharedBlocks: 0, headStart: 0, isFirstRound: false)
  }

  @Test func `deadlines of requests that have ended do not pile up`() throws {
    try forEverySeed(20) { seed, random in
      var requests = RequestTable()
      var deadlines = Deadlines()
      var inFlight: [(slot: Int32, time: Int128)] = []
      for id in 0..<UInt64(500) {
        let timeout = Int128.random(in: 1_000...9_000, using: &random)
        let slot = requests.insert(request(id, timeout: timeout))
        inFlight.append((slot, timeout))
        let event = try #require(GivingUp(requests[slot].query, requests.reference(to: slot)))
        deadlines.insert(event, requests)
        while inFlight.count > 10 || !inFlight.isEmpty && random.oneIn(2) {
          let index = Int.random(in: inFlight.indices, using: &random)
          requests.remove(inFlight.remove(at: index).slot)
        }
        let next = inFlight.map(\.time).min() ?? SimTime.never.ticks
        #expect(deadlines.nextTime(requests).ticks == next, "seed \(seed)")
        #expect(deadlines.storedCount <= 2 * 11 + 17, "seed \(seed)")
      }
    }
  }

  @Test func `a slot keeps nothing of the context of a request that has left`() {
    var requests = RequestTable()
    let slot = requests.insert(request(0, timeout: 5))
    #expect(requests[slot].prefixBlockIDs == [0])
    requests.remove(slot)
    #expect(!requests[slot].query.hasContext)
    #expect(requests[slot].prefixBlockIDs.isEmpty)
  }
}
