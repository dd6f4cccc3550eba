internal import Quantities

/// A sequence that puts out one token per iteration.
struct DecodeRow {
  var request: Int32
  var sample: Int32
  /// It attends to `base + d` tokens in the replica's decode iteration d.
  var base: Int
  /// Decode iteration that puts out its last token.
  var finishIteration: Int
  /// Decode iteration that puts out its first answer token; 0 if that is past.
  var answerIteration: Int
  /// Decode iteration after which a depth controller is asked; 0 for none.
  var checkpointIteration = 0
  /// Output tokens that it will have, and those of them before the answer.
  var outputTokens: Int32
  var reasoningTokens: Int32
  /// The shares of decode energy when it joined.
  var joined = DecodeEnergyShares.Mark()
  /// Neighbors in order of joining; -1 at the ends.
  fileprivate(set) var previous: Int32 = -1
  fileprivate(set) var next: Int32 = -1

  /// The next decode iteration in which something happens to it.
  var milestone: Int {
    let next = answerIteration > 0 ? min(answerIteration, finishIteration) : finishIteration
    return checkpointIteration > 0 ? min(checkpointIteration, next) : next
  }
}

/// The decode rows of a replica: in the order in which they joined, and by their next milestone.
///
/// Rows stay in the slot that they got. A list through the slots keeps the order; a heap of
/// milestones tells which row is due without looking at the others.
struct DecodeBatch: ~Copyable {
  struct Milestone {
    var iteration: Int
    /// Position in the order of joining: rows due at once come in that order.
    var order: Int32
    var slot: Int32

    func precedes(_ other: Milestone) -> Bool {
      iteration != other.iteration ? iteration < other.iteration : order < other.order
    }
  }

  private var rows = Slab<DecodeRow>()
  private var vacant = Slab<Int32>()
  private var heap = Slab<Milestone>()
  private var nextOrder: Int32 = 0
  private(set) var first: Int32 = -1
  private(set) var last: Int32 = -1
  /// Sum over the rows of `base`.
  private(set) var baseSum = 0

  var count: Int { heap.count }
  /// The next decode iteration in which something happens to some row.
  var nextMilestone: Int { heap.isEmpty ? .max : heap[0].iteration }
  /// The row to which it happens; the first in order of several.
  var dueSlot: Int32 { heap[0].slot }

  subscript(slot: Int32) -> DecodeRow {
    @inline(__always) _read { yield rows[Int(slot)] }
  }

  /// Begins to fetch a row that is going to be used soon, and where the heap is going to change.
  @inline(__always) func prefetchRow(in slot: Int32) {
    rows.prefetchElement(at: Int(slot))
    guard !heap.isEmpty else { return }
    heap.prefetchElement(at: 0)
    heap.prefetchElement(at: heap.count - 1)
  }

  mutating func append(_ row: DecodeRow) {
    if nextOrder == .max { renumber() }
    var row = row
    row.previous = last
    row.next = -1
    let slot: Int32
    if vacant.isEmpty {
      slot = Int32(rows.count)
      rows.append(row)
    } else {
      slot = vacant.removeLast()
      rows[Int(slot)] = row
    }
    if last >= 0 { rows[Int(last)].next = slot } else { first = slot }
    last = slot
    baseSum += row.base
    heap.append(Milestone(iteration: row.milestone, order: nextOrder, slot: slot))
    nextOrder += 1
    siftUp(heap.count - 1)
  }

  /// Marks the answer of the row that is due as begun.
  mutating func passAnswerOfDue() {
    rows[Int(heap[0].slot)].answerIteration = 0
    reorderDue()
  }

  /// The row that is due is looked at again after `iteration`, 0 for never.
  mutating func passCheckpointOfDue(next iteration: Int) {
    rows[Int(heap[0].slot)].checkpointIteration = iteration
    reorderDue()
  }

  private mutating func reorderDue() {
    heap[0].iteration = rows[Int(heap[0].slot)].milestone
    siftDown(0)
  }

  /// Gives a row other ends; linear in the number of rows.
  mutating func replace(_ slot: Int32, with row: DecodeRow) {
    let index = heapIndex(of: slot)
    rows[Int(slot)] = row
    heap[index].iteration = row.milestone
    siftDown(index)
    siftUp(index)
  }

  mutating func removeDue() -> DecodeRow {
    let slot = heap[0].slot
    removeFromHeap(at: 0)
    return unlink(slot)
  }

  /// Linear in the number of rows.
  mutating func remove(_ slot: Int32) -> DecodeRow {
    removeFromHeap(at: heapIndex(of: slot))
    return unlink(slot)
  }

  private func heapIndex(of slot: Int32) -> Int {
    var index = 0
    while index < heap.count, heap[index].slot != slot { index += 1 }
    precondition(index < heap.count, "row \(slot) is not in the batch")
    return index
  }

  private mutating func unlink(_ slot: Int32) -> DecodeRow {
    let row = rows[Int(slot)]
    if row.previous >= 0 { rows[Int(row.previous)].next = row.next } else { first = row.next }
    if row.next >= 0 { rows[Int(row.next)].previous = row.previous } else { last = row.previous }
    baseSum -= row.base
    vacant.append(slot)
    return row
  }

  /// Numbers the rows anew from 0, in their order.
  private mutating func renumber() {
    var orderBySlot = [Int32](repeating: 0, count: rows.count)
    var slot = first
    nextOrder = 0
    while slot >= 0 {
      orderBySlot[Int(slot)] = nextOrder
      nextOrder += 1
      slot = rows[Int(slot)].next
    }
    for index in 0..<heap.count { heap[index].order = orderBySlot[Int(heap[index].slot)] }
  }

  // MARK: Heap

  private mutating func removeFromHeap(at index: Int) {
    let moved = heap.removeLast()
    guard index < heap.count else { return }
    heap[index] = moved
    siftDown(index)
    siftUp(index)
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    let moving = heap[index]
    while index > 0 {
      let parent = (index - 1) / 2
      guard moving.precedes(heap[parent]) else { break }
      heap[index] = heap[parent]
      index = parent
    }
    heap[index] = moving
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    let moving = heap[index]
    while 2 * index + 1 < heap.count {
      var child = 2 * index + 1
      if child + 1 < heap.count && heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(moving) else { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = moving
  }
}
