/// Finds ids that a list of them holds twice; used again and again, so that it seldom allocates.
public struct RepeatFinder {
  /// A hash table with open addressing, of a power of two of places, at most half of them taken.
  private var ids: [UInt64] = []
  /// The list that took each place, by number; a new list finds all places free.
  private var lists: [UInt32] = []
  private var list: UInt32 = 0

  public init() {}

  /// Position of the first id that stands before it too; nil where all differ.
  public mutating func firstRepeat(in list: [UInt64]) -> Int? {
    // Numbers that go up, as most traces have them, cannot repeat.
    var position = 1
    while position < list.count, list[position] > list[position - 1] { position += 1 }
    guard position < list.count else { return nil }
    begin(list.count)
    return list.firstIndex { !insert($0) }
  }

  private mutating func begin(_ count: Int) {
    list &+= 1
    if ids.count >= 2 * count, list != 0 { return }
    var places = 64
    while places < 2 * count { places *= 2 }
    ids = Array(repeating: 0, count: places)
    lists = Array(repeating: 0, count: places)
    list = 1
  }

  /// False where the list holds it already.
  private mutating func insert(_ id: UInt64) -> Bool {
    // Fibonacci hashing (Knuth): the upper bits of a product with 2⁶⁴ over the golden ratio.
    var place = Int((id &* 0x9E37_79B9_7F4A_7C15) >> 32) & (ids.count - 1)
    while lists[place] == list {
      if ids[place] == id { return false }
      place = (place + 1) & (ids.count - 1)
    }
    (ids[place], lists[place]) = (id, list)
    return true
  }
}
