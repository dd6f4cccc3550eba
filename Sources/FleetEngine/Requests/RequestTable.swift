internal import Quantities
internal import Workloads

/// A request in flight: its slot, and which of the slot's successive requests it is.
struct RequestReference: Hashable {
  var slot: Int32
  var generation: UInt32

  static let none = RequestReference(slot: -1, generation: 0)
}

/// The requests in flight, in slots that are used again: memory follows what is in flight.
struct RequestTable: ~Copyable {
  private var slots = Slab<LiveRequest>()
  private var generations = Slab<UInt32>()
  private var vacant = Slab<Int32>()
  /// Slots of requests that have ended and wait to be recorded, in order.
  var ended = Slab<Int32>()
  var courses = CourseNotes()

  private static let nobody = Query(id: 0, arrival: .zero, task: 0, promptTokens: 0)

  /// Requests in flight.
  var count: Int { slots.count - vacant.count }

  subscript(slot: Int32) -> LiveRequest {
    @inline(__always) _read { yield slots[Int(slot)] }
    @inline(__always) _modify { yield &slots[Int(slot)] }
  }

  /// Begins to fetch a request that is going to be used soon.
  @inline(__always) func prefetchRequest(in slot: Int32) { slots.prefetchElement(at: Int(slot)) }

  func reference(to slot: Int32) -> RequestReference {
    RequestReference(slot: slot, generation: generations[Int(slot)])
  }

  func isAlive(_ request: RequestReference) -> Bool {
    generations[Int(request.slot)] == request.generation
  }

  @inline(__always) mutating func insert(_ request: consuming LiveRequest) -> Int32 {
    guard vacant.isEmpty else {
      let slot = vacant.removeLast()
      slots.replace(at: Int(slot), with: request)
      return slot
    }
    slots.append(request)
    generations.append(0)
    return Int32(slots.count - 1)
  }

  mutating func remove(_ slot: Int32) {
    generations[Int(slot)] &+= 1
    // The context of a query may be large, and nobody asks for it again.
    if slots[Int(slot)].query.hasContext {
      slots[Int(slot)].query = Self.nobody
      slots[Int(slot)].heldPrefixSlots = []
    }
    if slots[Int(slot)].hasCourse {
      slots[Int(slot)].hasCourse = false
      slots[Int(slot)].course = nil
    }
    slots[Int(slot)].record.prefillEnergy = .zero
    slots[Int(slot)].record.decodeEnergy = .zero
    vacant.append(slot)
  }

  /// Energy borne so far by requests in flight, rows in decode not settled.
  var settledEnergy: Energy {
    var sum = Energy.zero
    for slot in 0..<slots.count { sum += slots[slot].record.energy }
    return sum
  }
}
